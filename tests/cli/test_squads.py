"""`teams.mode = "squads"`: police and market regulation go apart and meet at each building, from the shell."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

Run = Any  # of conftest.py
MODE = ("--set", "teams.mode=squads")


@pytest.fixture(scope="module")
def folder(sweep: Run, scenario: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("squads")
    result = sweep("run", scenario, *MODE, "--out", out)
    assert result.exit_code == 0, result.output
    (made,) = (out / "tiny").iterdir()
    return made


def plan_of(folder: Path) -> dict[str, Any]:
    return dict(json.loads((folder / "plan.json").read_text(encoding="utf-8")))


def test_each_team_goes_as_two_squads_that_start_every_visit_together(folder: Path) -> None:
    plan = plan_of(folder)
    agencies = {t["team_id"]: set(t["n_certified"]) for t in plan["teams"]}
    assert agencies == {f"T0{k}{a}": {x} for k in range(1, 5) for a, x in (("P", "police"), ("M", "market_regulation"))}
    starts: dict[str, list[tuple[str, int]]] = {}
    for route in plan["routes"]:
        for stop in route["stops"]:
            starts.setdefault(stop["visit_id"], []).append((route["team_id"], stop["start_s"]))
    assert starts
    for teams in starts.values():
        assert {t[-1] for t, _ in teams} == {"P", "M"}
        assert len({start for _, start in teams}) == 1
    assert all((folder / "teams" / f"{t}.html").is_file() for t in agencies)


def test_the_checker_agrees_and_finds_a_squad_that_starts_later(
    sweep: Run, scenario: Path, folder: Path, tmp_path: Path
) -> None:
    assert sweep("check", scenario, folder, *MODE, "--json").exit_code == 0
    plan = plan_of(folder)
    route = next(r for r in plan["routes"] if r["team_id"].endswith("M") and r["stops"])
    route["stops"][-1]["start_s"] += 60
    route["stops"][-1]["end_s"] += 60
    edited = tmp_path / "plan.json"
    edited.write_text(json.dumps(plan), encoding="utf-8")
    judged = sweep("check", scenario, edited, *MODE, "--json")
    found = {(v["rule_id"], v["where"]) for v in json.loads(judged.stdout)["violations"]}
    assert (judged.exit_code, ("C16", route["stops"][-1]["visit_id"]) in found) == (3, True)


def test_an_urgent_visit_is_made_by_squads_too(sweep: Run, scenario: Path, folder: Path, tmp_path: Path) -> None:
    seen = {s["building_id"] for r in plan_of(folder)["routes"] for s in r["stops"]}
    buildings = json.loads((folder / "edition.json").read_text(encoding="utf-8"))["edition"]["buildings"].values()
    unseen = [b for b in buildings if b["building_id"] not in seen]
    spare = min(unseen, key=lambda b: (b["n_exits"], b["n_firms"]))
    events = tmp_path / "events.json"
    urgent = {
        "type": "urgent", "visit_id": "U1", "building_id": spare["building_id"], "value": 50.0, "minutes": 10,
        "n_police": 2,
    }  # fmt: skip
    events.write_text(json.dumps({"events": [urgent]}), encoding="utf-8")
    result = sweep("replan", folder, "--at", "13:40", "--events", events, "--iterations", 400, "--json")
    assert result.exit_code == 0, result.output
    reply = json.loads(result.stdout)
    changed = plan_of(Path(reply["folder"]))
    makers = {r["team_id"][-1] for r in changed["routes"] for s in r["stops"] if s["visit_id"] == "U1"}
    assert makers == {"P", "M"}
    assert sweep("check", scenario, Path(reply["folder"]), *MODE, "--json").exit_code == 0


def test_another_mode_is_refused(sweep: Run, scenario: Path) -> None:
    result = sweep("validate", scenario, "--set", "teams.mode=alone", "--lang", "en", "--json")
    assert result.exit_code == 2
    assert "teams.mode" in result.stdout
