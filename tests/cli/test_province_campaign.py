"""A province of campaigns: one county's window planned with a mobile team, judged and logged; one without is told."""

from __future__ import annotations

import csv
import json
import re
import shutil
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest

from sweep.audit.audit_log import log_of_edition
from sweep.campaign.window import load_campaign
from sweep.campaign.window.load_campaign import LoadedCampaign
from sweep.campaign.window.visit_values import ranker_of
from sweep.jobs.stages.prepared_ranking import Ranker
from sweep.province.cli import run_and_init
from sweep.province.pages.province_json import read_province_edition
from sweep.province.pages.write_province_edition import province_facts
from sweep.province.run.county_job import do_job
from sweep.select.make_visits import TeamSize
from tests.cli.conftest import Run
from tests.cli.two_counties import two_counties
from tests.province.run.conftest import Here
from tests.tampering.place import listed_again

pytestmark = pytest.mark.slow

COUNTY, WITHOUT = "370101", "370102"
LINK = '\n[[links]]\nid = "L1"\nsites = [{{county = "{}", building = "{}"}}, {{county = "{}", building = "B0001"}}]\n'


@dataclass(frozen=True)
class Made:
    """A province whose second county has no campaign."""

    folder: Path
    out: Path
    edition: Path
    record: dict[str, Any]
    """campaign.json of the first county."""
    linked: str
    """Its building that starts together with another county's."""
    shown: dict[str, Any]


def once[**P, R](function: Callable[P, R]) -> Callable[P, R]:
    """The first answer to every call."""
    answers: list[R] = []

    def answer(*given: P.args, **named: P.kwargs) -> R:
        if not answers:
            answers.append(function(*given, **named))
        return answers[0]

    return answer


@pytest.fixture(scope="module")
def made(sweep: Run, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Made]:
    place = tmp_path_factory.mktemp("provinces")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(run_and_init, "make_engine", lambda *_: Here(do_job))
        # One county is read, for its curve, its window and the check of it.
        patch.setattr(load_campaign, "load_inputs", once(load_campaign.load_inputs))
        folder = Path(shutil.copytree(two_counties(sweep, tmp_path_factory), place / "p"))
        (folder / "counties" / WITHOUT / "campaign.toml").unlink()
        file = folder / "counties" / COUNTY / "campaign.toml"
        text = file.read_text(encoding="utf-8").replace("window_weeks = 4", "window_weeks = 1")
        file.write_text(text.replace("freeze_days = 7", "freeze_days = 2"), encoding="utf-8")
        # Its own people have two hours, which leaves something for others.
        with (folder / "counties" / COUNTY / "scenario.toml").open("a", encoding="utf-8") as scenario:
            scenario.write("\n[plan]\nshift_end_s = 55800\nwindow_end_s = 54000\n")
        with (folder / "counties" / COUNTY / "leads.csv").open(encoding="utf-8-sig") as leads:
            ((linked, _),) = Counter(row["building_id"] for row in csv.DictReader(leads)).most_common(1)
        with (folder / "province.toml").open("a", encoding="utf-8") as file_:
            file_.write(LINK.format(COUNTY, linked, WITHOUT))
        result = sweep("run", folder, "--campaign", "--out", place / "out", "--iterations", 600, "--json")
        assert result.exit_code == 2, result.output
        shown = json.loads(result.stdout)
        edition = Path(shown["folder"])
        record = json.loads((edition / "counties" / COUNTY / "campaign" / "campaign.json").read_text(encoding="utf-8"))
        yield Made(folder, place / "out", edition, record, linked, shown)


def test_a_county_without_a_campaign_is_told_and_the_others_are_planned(made: Made) -> None:
    assert made.shown["counties"] == {COUNTY: "planned", WITHOUT: "at_fault"}
    assert [i["code"] for i in made.shown["issues"]] == ["S967"]


def test_the_mobile_team_is_there_on_every_day_of_the_window(made: Made) -> None:
    seats = {f"MOBILE1-{k:02d}" for k in range(1, 5)}
    sent = [seats & {i for t in d["teams"] for i in t["member_ids"]} for d in made.record["days"]]
    assert len(sent) == 2
    assert all(sent)
    assert made.shown["n_mobile"] == 1
    assert 0 < made.shown["value"] <= made.shown["bound"]


def test_no_window_visits_what_starts_together_with_another_county(made: Made) -> None:
    assert made.linked not in {v["building_id"] for d in made.record["days"] for v in d["visits"]}
    edition = json.loads((made.edition / "province.json").read_text(encoding="utf-8"))["province"]
    assert [s["why"] for s in edition["starts"]] == ["of_one_day"]


def test_the_published_days_and_the_window_are_in_the_edition_and_in_the_log(made: Made, sweep: Run) -> None:
    published = [d["plan_id"] for d in made.record["days"] if d["is_published"]]
    own = made.edition / "counties" / COUNTY
    assert {p.name for p in own.iterdir()} == {"campaign", *published}
    page = (made.edition / "province.html").read_text(encoding="utf-8")
    assert all(
        f"counties/{COUNTY}/{name}" in page for name in ("campaign/campaign.html", f"{published[0]}/report.html")
    )
    result = sweep("audit", "--out", made.out)
    assert result.exit_code == 0, result.output


def test_a_window_that_is_changed_and_a_published_day_are_found(made: Made, sweep: Run, tmp_path: Path) -> None:
    result = sweep("check", made.folder, made.edition)
    assert result.exit_code == 0, result.output
    folder = Path(shutil.copytree(made.edition, tmp_path / made.edition.name))
    own, first = folder / "counties" / COUNTY, made.record["days"][0]
    stop = first["visits"][0]["building_id"]
    put(own / "campaign" / "campaign.json", json.dumps(made.record).replace(f'"{stop}"', f'"{made.linked}"'))
    plan = json.loads((own / first["plan_id"] / "plan.json").read_text(encoding="utf-8"))
    moved = next(s for r in plan["routes"] for s in r["stops"] if s["building_id"] != stop)
    moved["start_s"] -= 7 * 3_600
    put(own / first["plan_id"] / "plan.json", json.dumps(plan))
    result = sweep("check", made.folder, folder, "--json")
    assert result.exit_code == 3
    broken = {(v["rule_id"], v["where"]) for v in json.loads(result.stdout)["violations"]}
    assert {("C16", "L1"), ("C29", f"counties/{COUNTY}/campaign/campaign.json")} <= broken
    where = f"{COUNTY}: {first['day']} "
    # It is other than campaign.json tells, and not in its hours.
    assert ("M06", where + moved["building_id"]) in broken
    assert [w for rule, w in broken if rule == "C13" and w.startswith(where)]


def test_a_window_is_judged_with_as_many_teams_as_have_gone_out(
    made: Made, sweep: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Two of the county's own, and one with the people of the mobile team.
    assert [len(d["teams"]) for d in made.record["days"]] == [3, 3]
    sizes = list[TeamSize]()

    def seen(campaign: LoadedCampaign, size: TeamSize) -> Ranker:
        sizes.append(size)
        return ranker_of(campaign, size)

    monkeypatch.setattr("sweep.campaign.window.plan_window.ranker_of", seen)
    result = sweep("check", made.folder, made.edition)
    assert (result.exit_code, [size.n_active for size in sizes]) == (0, [2]), result.output


def put(file: Path, text: str) -> None:
    """Another text in place of a file that is linked elsewhere."""
    file.unlink()
    file.write_text(text, encoding="utf-8")


@pytest.fixture(scope="module")
def next_day(made: Made, sweep: Run) -> Iterator[Made]:
    """The province a day later, with another seed: what was published the day before is not over."""
    file = made.folder / "province.toml"
    text = file.read_text(encoding="utf-8")
    file.write_text(text.replace("2026-09-16", "2026-09-17").replace("seed = 1", "seed = 2"), encoding="utf-8")
    result = sweep("run", made.folder, "--campaign", "--out", made.out, "--iterations", 600, "--json")
    shown = json.loads(result.stdout)
    edition = Path(shown["folder"])
    record = json.loads((edition / "counties" / COUNTY / "campaign" / "campaign.json").read_text(encoding="utf-8"))
    yield replace(made, edition=edition, record=record, shown=shown)
    file.write_text(text, encoding="utf-8")


def test_days_that_an_earlier_run_has_published_are_held(made: Made, next_day: Made, sweep: Run) -> None:
    before, now = (next(d for d in m.record["days"] if d["is_published"]) for m in (made, next_day))
    assert before["day"] == now["day"] == "2026-09-17"
    assert [t["member_ids"] for t in now["teams"]] == [t["member_ids"] for t in before["teams"]]
    assert {v["building_id"] for v in before["visits"]} <= {v["building_id"] for v in now["visits"]}
    assert [m for m in next_day.record["moves"] if m["is_frozen"]] == []
    result = sweep("check", made.folder, next_day.edition)
    assert result.exit_code == 0, result.output


@pytest.mark.slow
def test_what_was_approved_counts_as_made_until_its_results_are_in(made: Made, sweep: Run, tmp_path: Path) -> None:
    folder, out = (Path(shutil.copytree(x, tmp_path / x.name)) for x in (made.folder, made.out))
    first = next(d for d in made.record["days"] if d["is_published"])
    own = out / "p" / made.edition.name / "counties" / COUNTY
    assert sweep("approve", own / first["plan_id"], "--by", "D07").exit_code == 0
    text = (folder / "province.toml").read_text(encoding="utf-8")
    (folder / "province.toml").write_text(re.sub(r"2026-09-1\d", "2026-09-18", text), encoding="utf-8")
    result = sweep("run", folder, "--campaign", "--out", out, "--iterations", 600, "--json")
    shown = json.loads(result.stdout)
    assert [(n["code"], n["where"], first["day"] in n["what"]) for n in shown["notes"]] == [("S657", COUNTY, True)]
    own = Path(shown["folder"]) / "counties" / COUNTY
    record = json.loads((own / "campaign" / "campaign.json").read_text(encoding="utf-8"))
    went = {v["building_id"] for v in first["visits"]}
    again = {v["building_id"] for d in record["days"] for v in d["visits"]}
    assert again
    assert not again & went
    assert record["unreported"] == dict.fromkeys(sorted(went), first["day"])
    checked = sweep("check", folder, shown["folder"])
    assert checked.exit_code == 0, checked.output


def test_an_edition_of_windows_is_not_compared_with_one_of_a_day(made: Made, sweep: Run, tmp_path: Path) -> None:
    other = Path(shutil.copytree(made.edition, tmp_path / "other"))
    file = other / "province.json"
    text = file.read_text(encoding="utf-8").replace('"is_campaign": true', '"is_campaign": false')
    file.unlink()
    file.write_text(text, encoding="utf-8")
    refused = sweep("compare", made.edition, other, "--out", tmp_path)
    assert (refused.exit_code, "S817" in refused.output) == (3, True)
    listed_again(other, "province.json")
    facts = province_facts(read_province_edition(other), other)
    log_of_edition(other).append("2026-09-15T08:00:00+08:00", "P000", "run", facts)
    result = sweep("compare", made.edition, other, "--out", tmp_path)
    assert (result.exit_code, "S966" in result.output) == (2, True)
    assert sweep("compare", made.edition, made.edition, "--out", tmp_path).exit_code == 0
