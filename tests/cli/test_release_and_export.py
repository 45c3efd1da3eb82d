"""Compartments on a whole city (C26): a place worth the most is under investigation, and no file outside says so."""

from __future__ import annotations

import csv
import errno
import html
import json
import re
import shutil
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from geodata.message_catalogue import load_texts
from sweep.inputs.load_inputs import load_inputs
from sweep.jobs.verification.check_disclosure import leaks_as_violations
from sweep.publish.archive.edition_json_file import read_edition
from sweep.publish.handouts import handout_contents
from sweep.publish.handouts.handout_contents import handout_files
from sweep.publish.handouts.public_counts import public_districts
from sweep.scenario.load_scenario import load_scenario
from tests.recorded import copy_with_log

Run = Any  # these two are of conftest.py
Planned = Any
CLASSES = ("market_regulation", "property", "public")


@pytest.fixture
def targets(secret_targets: list[dict[str, str]]) -> list[dict[str, str]]:
    return secret_targets


@pytest.fixture
def secret(secret_scenario: Path) -> Path:
    return secret_scenario


@pytest.fixture
def edition(secret_edition: Path) -> Path:
    return secret_edition


@pytest.fixture
def secret_words(targets: list[dict[str, str]], planned: Planned) -> set[str]:
    """Id, name and address of each target, and the ids and words of every lead of the city."""
    plan_of_all = {s["building_id"]: s for r in planned.plan["routes"] for s in r["stops"]}
    places = [plan_of_all[t["building_id"]] for t in targets]
    firms = [f for f in planned.table("firms") if f["uscc"] in {t["uscc"] for t in targets}]
    words = {t[k] for t in targets for k in ("investigation_id", "building_id", "uscc")}
    words |= {p[k] for p in places for k in ("building_name", "address")}
    words |= {f[k] for f in firms for k in ("firm_name", "reg_address")}
    words |= {lead["lead_id"] for lead in planned.table("leads")}
    return words - {""}


@pytest.mark.rule("C26")
def test_the_best_place_is_left_out_while_it_is_under_investigation(
    edition: Path, planned: Planned, targets: list[dict[str, str]]
) -> None:
    plan = json.loads((edition / "plan.json").read_text(encoding="utf-8"))
    places = {t["building_id"] for t in targets}
    named = {s["building_id"] for r in plan["routes"] for s in r["stops"]} | {
        u["building_id"] for u in plan["unserved"]
    }
    with (edition / "draw.csv").open(encoding="utf-8-sig", newline="") as file:
        named |= {row["building_id"] for row in csv.DictReader(file)}
    assert not places & named
    # Keeping away from them costs finds.
    assert plan["summary"]["value"] < planned.plan["summary"]["value"]


@pytest.mark.parametrize("output_class", CLASSES)
def test_no_file_of_the_class_holds_a_target_or_a_lead(
    edition: Path, secret_words: set[str], output_class: str, grep: Any
) -> None:
    folder = edition.parent / f"{edition.name}.{output_class}"
    assert len(list(folder.rglob("*.*"))) > 1 and len(secret_words) > 90
    assert grep(folder, secret_words) == set()


def test_the_words_of_leads_are_in_no_file_of_any_class(edition: Path, planned: Planned, grep: Any) -> None:
    # An address that is that of a building visited is no lead's own.
    visited = {s["address"] for r in json.loads((edition / "plan.json").read_bytes())["routes"] for s in r["stops"]}
    words = {lead["address"] for lead in planned.table("leads")} - visited - {""}
    assert len(words) > 30
    assert [f for c in CLASSES for f in grep(edition.parent / f"{edition.name}.{c}", words)] == []


def test_the_investigations_themselves_are_not_even_in_the_edition_of_the_police(
    edition: Path, targets: list[dict[str, str]], grep: Any
) -> None:
    assert grep(edition, {t["investigation_id"] for t in targets}) == set()


def test_an_order_names_no_building_of_another_team(edition: Path) -> None:
    plan = json.loads((edition / "plan.json").read_text(encoding="utf-8"))
    stops = {r["team_id"]: {s["building_name"] for s in r["stops"]} for r in plan["routes"]}
    for team, own in stops.items():
        others = set().union(*stops.values()) - own
        page = (edition / "teams" / f"{team}.html").read_text(encoding="utf-8")
        assert not [name for name in others if name in html.unescape(page)], team


def test_every_order_says_when_it_may_be_given_out(edition: Path) -> None:
    plan = json.loads((edition / "plan.json").read_text(encoding="utf-8"))
    for route in plan["routes"]:
        page = (edition / "teams" / f"{route['team_id']}.html").read_text(encoding="utf-8")
        (shown,) = re.findall(r"Not to be released before (\d\d):(\d\d)", page)
        release = int(shown[0]) * 3600 + int(shown[1]) * 60
        if route["stops"]:
            assert release <= min(route["depart_s"], route["stops"][0]["start_s"] - 3600)


def test_a_handout_as_it_was_written_gives_nothing_away(edition: Path, secret: Path, sweep: Run) -> None:
    for output_class in CLASSES:
        result = sweep("check", secret, edition.parent / f"{edition.name}.{output_class}")
        assert (result.exit_code, result.stdout.strip()) == (0, "No rule is broken.")


@pytest.mark.rule("C26", "found")
def test_a_target_written_into_a_handout_is_found_with_its_file(
    edition: Path, secret: Path, sweep: Run, targets: list[dict[str, str]], tmp_path: Path
) -> None:
    shutil.copytree(edition.parent, tmp_path / "tiny")
    shutil.copytree(edition.parent.parent / "_audit", tmp_path / "_audit")
    folder = tmp_path / "tiny" / f"{edition.name}.market_regulation"
    with (folder / "draw.csv").open("a", encoding="utf-8") as file:
        file.write(f"999,{targets[0]['building_id']},,,,,,,\r\n")
    result = sweep("check", secret, folder, "--json")
    breach, changed = json.loads(result.stdout)["violations"]
    assert (result.exit_code, breach["rule_id"], breach["where"]) == (3, "C26", "draw.csv")
    assert (changed["rule_id"], changed["where"]) == ("C29", "draw.csv")
    assert targets[0]["building_id"] in breach["detail"]


def test_nothing_is_released_of_a_plan_that_an_investigation_has_overtaken(
    planned: Planned, secret: Path, sweep: Run, targets: list[dict[str, str]], tmp_path: Path
) -> None:
    copy_with_log(planned.folder, tmp_path / "tiny" / planned.folder.name)
    folder = tmp_path / "tiny" / planned.folder.name
    result = sweep("release", secret, folder, "--class", "public", "--class", "market_regulation", "--json")
    found = {(v["rule_id"], v["where"]) for v in json.loads(result.stdout)["violations"]}
    assert result.exit_code == 3
    assert found >= {("C26", f"V-{t['building_id']}") for t in targets}
    assert [p.name for p in (tmp_path / "tiny").iterdir()] == [folder.name]


def test_a_handout_can_be_written_elsewhere(edition: Path, secret: Path, sweep: Run, tmp_path: Path) -> None:
    plan = copy_with_log(edition, tmp_path / "own" / "tiny" / edition.name)
    result = sweep("release", secret, plan, "--class", "property", "--out", tmp_path / "stick")
    assert result.exit_code == 0, result.output
    assert (tmp_path / "stick" / "tiny" / f"{edition.name}.property" / "manifest.json").is_file()
    assert [p.name for p in plan.parent.iterdir()] == [plan.name]


def test_the_name_of_a_district_in_a_lead_keeps_nothing_from_the_public(edition: Path, secret: Path) -> None:
    made, inputs = read_edition(edition), load_inputs(load_scenario(secret))
    visited = {s.building_id for r in made.plan.routes for s in r.stops}
    names = list(public_districts(made, load_texts("en")).values())
    address = inputs.leads["address"].mask(inputs.leads["building_id"].isin(visited), names[0])
    leads = inputs.leads.assign(address=address)
    files = handout_files(made, "public", load_texts("en"), None)
    assert leaks_as_violations(files, made, replace(inputs, leads=leads), "public") == []


def test_a_class_that_is_none_is_refused(planned: Planned, sweep: Run) -> None:
    result = sweep("release", planned.scenario, planned.folder, "--class", "press", "--class", "police")
    assert (result.exit_code, result.stderr.count("S831")) == (2, 2)


def test_a_release_is_logged(edition: Path) -> None:
    lines = (edition.parent.parent / "_audit" / "tiny.jsonl").read_text(encoding="utf-8").splitlines()
    logged = [(e["act"], e["facts"].get("class")) for e in map(json.loads, lines)]
    assert logged == [("run", None), *(("release", c) for c in CLASSES)]


def test_a_release_of_which_one_handout_cannot_be_written_is_neither_logged_nor_in_part_there(
    edition: Path, secret: Path, sweep: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    plan = copy_with_log(edition, tmp_path / "tiny" / edition.name)
    for c in CLASSES:
        shutil.copytree(edition.with_name(f"{edition.name}.{c}"), plan.with_name(f"{edition.name}.{c}"))
    # An approval changes each handout.
    assert sweep("approve", plan, "--by", "D07").exit_code == 0
    log = tmp_path / "_audit" / "tiny.jsonl"
    before, write = log.read_bytes(), handout_contents.write_handout

    def failing(manifest: Any, files: Any, folder: Path) -> Any:
        if folder.name.endswith(CLASSES[1]):
            raise OSError(errno.ENOSPC, "No space left on device", str(folder))
        return write(manifest, files, folder)

    monkeypatch.setattr(handout_contents, "write_handout", failing)
    result = sweep("release", secret, plan, *(o for c in CLASSES for o in ("--class", c)), "--by", "D07")
    assert (result.exit_code != 0, log.read_bytes() == before) == (True, True)
    audited = sweep("audit", "tiny", "--out", tmp_path)
    assert audited.exit_code == 0, audited.output
