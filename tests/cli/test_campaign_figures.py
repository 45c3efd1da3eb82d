"""`campaign check` works the figures of campaign.json and its page out again, whatever the audit log says."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from pydantic import ValidationError

from sweep.campaign.check import check_campaign
from sweep.campaign.check.check_campaign import check_days
from sweep.campaign.read_campaign_file import load_campaign
from sweep.campaign.record import window_record
from sweep.campaign.records import CampaignRecord, read_campaign
from sweep.campaign.window.load_campaign import LoadedCampaign, load_for
from tests.cli.campaign_folder import campaign_folder
from tests.cli.test_campaign import TOML, folder, out, planned, record_of  # noqa: F401
from tests.edited.json_edits import Edit, edits_of

pytestmark = pytest.mark.usefixtures("prepared_once")

Json = dict[str, Any]
# What the search, the window before or the editions say, and what other rules judge.
NO_FIGURES = {
    "bound", "bound_method", "days", "gap", "left", "moves", "schema_version", "seed", "status", "urgency", "void",
    "inputs_sha256",
}  # fmt: skip


@pytest.fixture(scope="module")
def loaded(folder: Path) -> LoadedCampaign:  # noqa: F811
    return load_for(load_campaign(folder), date(2026, 9, 16))


def judged(loaded: LoadedCampaign, record: CampaignRecord, place: Path) -> list[str] | None:
    found = check_campaign.wrong_figures(loaded, record, None, place)
    return None if found is None else [v.where for v in found]


def is_of_a_figure(edit: Edit) -> bool:
    return edit.key.startswith("days[].finds") or edit.key.partition(".")[0].partition("[")[0] not in NO_FIGURES


@pytest.mark.slow
def test_a_wrong_value_of_every_figure_is_found(
    loaded: LoadedCampaign,
    planned: Path,  # noqa: F811
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    first = date(2026, 9, 16)
    ranked = check_campaign.rankings(loaded, check_campaign.ranker_of(loaded), (first,))
    monkeypatch.setattr(check_campaign, "rankings", lambda *_: ranked)
    # Rankings and quarters follow from the inputs, which stay as they are.
    quarters = window_record.quarters(loaded)
    monkeypatch.setattr(window_record, "quarters", lambda _: quarters)
    record = record_of(planned)
    assert judged(loaded, read_campaign(json.dumps(record)), tmp_path) == []
    found, passed = set(), dict[str, str]()
    for edit in edits_of(record, CampaignRecord.model_json_schema()):
        if is_of_a_figure(edit) and edit.key not in found:
            try:
                is_found = judged(loaded, read_campaign(json.dumps(edit.document)), tmp_path)
            except ValidationError:
                is_found = ["schema"]
            if is_found:
                found.add(edit.key)
            else:
                passed[edit.key] = edit.value
    assert {k: v for k, v in passed.items() if k not in found} == {}
    assert len(found) > 50


def test_a_page_with_another_figure_is_found(loaded: LoadedCampaign, out: Path) -> None:  # noqa: F811
    place = out / "tiny" / "campaign"
    record, page = read_campaign((place / "campaign.json").read_bytes()), place / "campaign.html"
    assert judged(loaded, record, place) == []
    page.write_text(page.read_text(encoding="utf-8").replace("<dd>", "<dd>1", 1), encoding="utf-8")
    assert judged(loaded, record, place) == ["campaign.html"]


def test_figures_of_other_tables_are_not_judged(loaded: LoadedCampaign, planned: Path) -> None:  # noqa: F811
    place = planned / "tiny" / "campaign"
    record = read_campaign((place / "campaign.json").read_bytes()).model_copy(update={"inputs_sha256": "0" * 64})
    assert judged(loaded, record, place) is None


def half_a_minute(stop: Json) -> None:
    stop["end_s"] = stop["start_s"] + 30


def at_midnight(stop: Json) -> None:
    stop["start_s"] -= stop["start_s"] % 86_400


@pytest.fixture(scope="module")
def half_published(sweep: Any, scenario: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """A campaign that has published its first day alone, and the folder of its editions."""
    place = tmp_path_factory.mktemp("half")
    own = campaign_folder(scenario, place, TOML.replace("freeze_days = 3", "freeze_days = 1"))
    result = sweep("campaign", "plan", own, "--out", place / "out", "--iterations", "20")
    assert result.exit_code == 0, result.output
    return own, place / "out"


@pytest.mark.parametrize(
    ("change", "rule"), [(half_a_minute, "P07"), (at_midnight, "P02")], ids=["half a minute", "at midnight"]
)
def test_a_stop_of_a_day_that_is_not_published_keeps_its_times_whatever_the_window_says(
    half_published: tuple[Path, Path], tmp_path: Path, change: Callable[[Json], None], rule: str
) -> None:
    """The record and window.plan.json agree, and no proof or hash is asked."""
    editions = Path(shutil.copytree(half_published[1], tmp_path / "out"))
    place = editions / "tiny" / "campaign"
    record, plan = (json.loads((place / n).read_text(encoding="utf-8")) for n in ("campaign.json", "window.plan.json"))
    day = next(d for d in record["days"] if d["plan_id"] is None)
    team, stop = next((t, s) for t in day["teams"] for s in t["stops"])
    change(stop)
    route = next(r for r in plan["routes"] if r["team_id"] == f"{day['day']}/{team['team_id']}")
    change(route["stops"][0])
    for name, content in (("campaign.json", record), ("window.plan.json", plan)):
        (place / name).write_text(json.dumps(content), encoding="utf-8")
    found = {(v.rule_id, v.where.split()[0]) for v in check_days(load_campaign(half_published[0]), editions).violations}
    assert (rule, day["day"]) in found
