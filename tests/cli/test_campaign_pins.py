"""A campaign on a scenario with pins: each day is asked for what belongs to it, and all of them for the musts."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from sweep.inputs.load_inputs import load_inputs
from sweep.records.visits import Recheck
from tests.cli.campaign_folder import campaign_folder

Run = Any  # of conftest.py

TOML = """name = "tiny"
first_day = 2026-09-16
last_day = 2026-12-31
weekdays = ["wed", "fri"]
window_weeks = 1
freeze_days = 3
draw_seed = "tiny-secret"
"""
BUILDINGS = {"must": "B0003", "one": "B0001", "other": "B0002"}
PINS = ("must,B0003,", "not_together,B0001,B0002", "not_before,B0001,14:30")


@pytest.mark.slow
def test_a_must_is_visited_once_and_every_day_keeps_its_pins(sweep: Run, scenario: Path, tmp_path: Path) -> None:
    folder, out = campaign_folder(scenario, tmp_path, TOML, pins=PINS), tmp_path / "out"
    planned = sweep("campaign", "plan", folder, "--out", out, "--iterations", "100")
    assert planned.exit_code == 0, planned.output
    record = json.loads((out / "tiny" / "campaign" / "campaign.json").read_text(encoding="utf-8"))
    on = {v["building_id"]: d["day"] for d in record["days"] for v in d["visits"]}
    left = {x["building_id"] for x in record["left"]}
    assert (BUILDINGS["must"] in on) != (BUILDINGS["must"] in left)
    assert on.get(BUILDINGS["one"], "no day") != on.get(BUILDINGS["other"])
    # 14:30 is 52,200 s.
    stops = [s for d in record["days"] for t in d["teams"] for s in t["stops"]]
    assert all(s["start_s"] >= 52_200 for s in stops if s["building_id"] == BUILDINGS["one"])
    checked = sweep("check", folder, out / "tiny" / "campaign")
    assert checked.exit_code == 0, checked.output


def test_a_pin_to_a_team_is_refused(sweep: Run, scenario: Path, tmp_path: Path) -> None:
    folder = campaign_folder(scenario, tmp_path, TOML, pins=("with_team,B0001,T01",))
    result = sweep("campaign", "plan", folder, "--out", tmp_path / "out")
    assert (result.exit_code, "S648  pins.csv row 2" in result.stderr) == (2, True), result.output


def test_a_pin_that_keeps_everybody_from_what_is_due_in_the_window_is_refused(
    sweep: Run, scenario: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    pins = ("never,B0001,", "never,B0002,")
    folder, found = campaign_folder(scenario, tmp_path, TOML, pins=pins), date(2026, 9, 1)
    items = [("B0001", date(2026, 9, 18)), ("B0002", date(2026, 9, 30))]
    due = tuple(Recheck(f"R-{b}", b, None, "", "irregular", found, on) for b, on in items)
    monkeypatch.setattr(
        "sweep.campaign.window.load_campaign.load_inputs", lambda *a, **k: replace(load_inputs(*a, **k), rechecks=due)
    )
    result = sweep("campaign", "plan", folder, "--out", tmp_path / "out", "--json")
    issues = [(i["code"], i["where"]) for i in json.loads(result.stdout)["issues"]]
    # The other is due after the window's last day.
    assert (result.exit_code, issues) == (2, [("S645", "pins.csv row 2")]), result.output
