"""An approved day of a campaign on the mornings after: it stays, and what has to change in it comes first."""

from __future__ import annotations

import json
import shutil
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from geodata.schema import TIMEZONE
from sweep.campaign.read_campaign_file import load_campaign
from sweep.campaign.window.load_campaign import load_for
from sweep.inputs.load_inputs import load_inputs
from sweep.inputs.matched_inputs import Inputs
from sweep.scenario.scenario import Scenario
from tests.cli.campaign_folder import ROUNDS, TOML, campaign_folder, planned_once
from tests.cli.test_campaign import record_of, write_duty

Run = Any  # of conftest.py

type Orders = dict[tuple[str, int], tuple[str, tuple[str, ...], int, int]]


@pytest.fixture
def friday(sweep: Run, scenario: Path, tmp_path: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """The second day of a campaign in `tmp_path`, published and approved."""
    folder = campaign_folder(scenario, tmp_path, TOML)
    out = shutil.copytree(planned_once(sweep, folder, tmp_path_factory), tmp_path / "out")
    day = record_of(out)["days"][1]
    assert sweep("approve", out / "tiny" / day["plan_id"], "--by", "D07").exit_code == 0
    return dict(day)


def orders(day: dict[str, Any]) -> Orders:
    """Team, people, start and end of each stop, by building and slot."""
    return {
        (s["building_id"], s["slot"]): (t["team_id"], tuple(t["member_ids"]), s["start_s"], s["end_s"])
        for t in day["teams"]
        for s in t["stops"]
    }


def told(sweep: Run, place: Path) -> str:
    """The whole text of an advance to Thursday for people."""
    again = sweep("campaign", "advance", place / "tiny", "--day", "2026-09-17", "--out", place / "out", *ROUNDS)
    assert again.exit_code == 0, again.output
    return str(again.stdout)


def advanced(sweep: Run, place: Path) -> tuple[dict[str, Any], dict[str, Any]]:
    """The answer and Friday after an advance to Thursday; every rule is kept after it."""
    out = place / "out"
    result = sweep("campaign", "advance", place / "tiny", "--out", out, *ROUNDS, "--json")
    assert result.exit_code == 0, result.output
    checked = sweep("check", place / "tiny", out / "tiny" / "campaign")
    assert checked.exit_code == 0, checked.output
    return json.loads(result.stdout), record_of(out)["days"][0]


def files_of(folder: Path) -> dict[str, bytes]:
    return {str(p.relative_to(folder)): p.read_bytes() for p in folder.rglob("*") if p.is_file()}


def with_lead(monkeypatch: pytest.MonkeyPatch, *buildings: str) -> None:
    """A lead of Wednesday night about each building, due on Friday."""

    def load(scenario: Scenario, **options: bool) -> Inputs:
        inputs = load_inputs(scenario, **options)
        leads = inputs.leads
        times = {"received_at": "2026-09-16T22:00", "due_at": "2026-09-18T18:00"}
        at = {name: pd.Timestamp(text, tz=TIMEZONE) for name, text in times.items()}
        rows = [leads.head(1).assign(lead_id=f"NIGHT-{b}", building_id=b, **at) for b in buildings]
        added = [row.astype(leads.dtypes.to_dict()) for row in rows]
        return replace(inputs, leads=pd.concat([leads, *added], ignore_index=True))

    monkeypatch.setattr("sweep.campaign.window.load_campaign.load_inputs", load)


@pytest.mark.slow
def test_an_approved_day_that_nothing_makes_impossible_keeps_its_edition_byte_for_byte(
    sweep: Run, tmp_path: Path, friday: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    edition = tmp_path / "out" / "tiny" / friday["plan_id"]
    before = files_of(edition)
    planned = {v["building_id"] for v in friday["visits"]}
    lead = next(b for b in load_for(load_campaign(tmp_path / "tiny"), date(2026, 9, 16)).buildings if b not in planned)
    with_lead(monkeypatch, lead)
    reply, day = advanced(sweep, tmp_path)
    assert (day["plan_id"], day["is_approved"]) == (friday["plan_id"], True)
    assert orders(day) == orders(friday)
    assert files_of(edition) == before
    assert reply["void"] == []
    # The lead falls due on Friday; the true reason is named, and the ways there.
    assert lead not in {v["building_id"] for v in day["visits"]}
    why = sweep("explain", tmp_path / "tiny", tmp_path / "out" / "tiny" / "campaign", lead)
    words = " ".join(why.output.split())
    assert all(way in words for way in ("pin the building as must", "sweep replan --urgent", "reserve team")), words
    assert "S658" not in told(sweep, tmp_path)


@pytest.mark.slow
def test_a_person_on_leave_changes_the_orders_of_their_team_alone_and_the_answer_begins_with_it(
    sweep: Run, tmp_path: Path, friday: dict[str, Any]
) -> None:
    team = max(friday["teams"], key=lambda t: len(t["stops"]))
    gone = team["member_ids"][0]
    write_duty(tmp_path / "tiny", f"{gone},2026-09-18,,,yes\n")
    reply, day = advanced(sweep, tmp_path)
    (void,) = reply["void"]
    assert (void["code"], friday["plan_id"] in void["what"], team["team_id"] in void["what"]) == ("S658", True, True)
    assert day["plan_id"] != friday["plan_id"]
    then, now = orders(friday), orders(day)
    touched = {s["building_id"] for s in team["stops"]}
    # What other teams do without that team stays to the second.
    others = {t for (b, _), (t, *_) in then.items() if b in touched}
    alone = {key: of for key, of in then.items() if of[0] not in others}
    assert {key: now.get(key) for key in alone} == alone
    record = record_of(tmp_path / "out")
    changed = {b for (b, slot), of in then.items() if now.get((b, slot)) != of}
    assert changed <= {m["building_id"] for m in record["moves"] if m["is_frozen"]}
    assert {m["reason"] for m in record["moves"] if m["building_id"] in touched & changed} == {"off_duty"}
    assert record["void"] == [
        {"day": "2026-09-18", "plan_id": friday["plan_id"], "team_ids": record["void"][0]["team_ids"]}
    ]
    assert team["team_id"] in record["void"][0]["team_ids"]
    assert told(sweep, tmp_path).startswith("S658")


@pytest.mark.slow
def test_a_lead_of_the_night_that_falls_due_gets_onto_a_published_day_that_is_not_approved(
    sweep: Run, scenario: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Few hours, so that every visit of the day is at the expense of another: a promise (0.5) gives way to it."""
    busy = TOML.replace("all = 1095", "all = 30")
    own = campaign_folder(scenario, tmp_path, busy, "[plan]\nshift_end_s = 57600\nwindow_end_s = 55800\n")
    assert sweep("campaign", "plan", own, "--out", tmp_path / "out", *ROUNDS).exit_code == 0
    left = [x for x in record_of(tmp_path / "out")["left"] if x["reason"] in ("NO_TIME_LEFT", "LOW_VALUE")]
    named = [x["building_id"] for x in left if x["track"] == "stocktake"]
    with_lead(monkeypatch, *named)
    _, day = advanced(sweep, tmp_path)
    assert {*named} & {v["building_id"] for v in day["visits"] if v["track"] == "case"}
