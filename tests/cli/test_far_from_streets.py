"""Places more than 500 m from every street: such a building gets no visit, such a base stops the run."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import geopandas as gpd
import pytest
from shapely.affinity import translate

from sweep.inputs.load_inputs import load_inputs
from sweep.jobs.run_scenario import plan_inputs
from sweep.records.visits import Recheck
from sweep.scenario.load_scenario import load_scenario
from tests.cli.campaign_folder import ROUNDS, TOML
from tests.cli.conftest import Plain, Run
from tests.known import tables_known as tables_known
from tests.pins_file import add_pins

# Degrees of latitude: 17 km, outside the streets of the small city.
NORTH = 0.15


def move(plain: Plain, buildings: Sequence[str]) -> None:
    """Put buildings far north of all streets."""
    path = plain.folder / "buildings.gpkg"
    table = gpd.read_file(path)
    is_moved = table["building_id"].isin(buildings)
    table.loc[is_moved, "geometry"] = table.loc[is_moved, "geometry"].map(lambda shape: translate(shape, 0.0, NORTH))
    table.loc[is_moved, "lat"] += NORTH
    table.to_file(path)


def with_most_leads(plain: Plain, n: int) -> list[str]:
    leads = [row["building_id"] for row in plain.rows("leads") if row["building_id"]]
    return sorted(set(leads), key=lambda b: (-leads.count(b), b))[:n]


def ran(plain: Plain, sweep: Run, *more: object) -> dict[str, Any]:
    result = sweep("run", plain.folder, "--out", plain.folder.parent / "out", "--json", *more)
    assert result.exit_code == 0, result.output
    reply: dict[str, Any] = json.loads(result.stdout)
    return reply


@pytest.fixture
def far(plain: Plain) -> str:
    """The building with most leads, which is now far from every street."""
    (building,) = with_most_leads(plain, 1)
    move(plain, [building])
    return building


@pytest.mark.parametrize("language", ["en", "zh_CN"])
def test_validate_names_a_building_far_from_streets_with_its_distance(
    plain: Plain, sweep: Run, far: str, language: str
) -> None:
    result = sweep("validate", plain.folder, "--json", "--lang", language)
    assert result.exit_code == 0, result.output
    (note,) = (n for n in json.loads(result.stdout)["notes"] if n["code"] == "S676")
    assert re.search(rf"\({far}, \d{{4,5}} m\)", note["what"])


def test_a_run_leaves_out_a_building_far_from_streets_and_visits_the_others(plain: Plain, sweep: Run, far: str) -> None:
    reply = ran(plain, sweep)
    folder = Path(reply["folder"])
    plan = json.loads((folder / "plan.json").read_text(encoding="utf-8"))
    assert plan["routes"]
    assert far not in {s["building_id"] for r in plan["routes"] for s in r["stops"]}
    assert far not in {u["building_id"] for u in plan["unserved"]}
    assert "S676" in (folder / "report.html").read_text(encoding="utf-8")
    # One of 40 buildings is no reason to doubt the plan.
    assert "S676" not in {reason["code"] for reason in reply["reasons"]}
    assert sweep("check", plain.folder, folder).exit_code == 0
    explained = sweep("explain", plain.folder, folder, far, "--json")
    assert [r["code"] for r in json.loads(explained.stdout)["reasons"]] == ["NO_ROAD"]


def test_more_than_a_tenth_of_the_buildings_far_from_streets_make_a_plan_amber(plain: Plain, sweep: Run) -> None:
    move(plain, with_most_leads(plain, 5))
    reply = ran(plain, sweep)
    assert reply["state"] == "amber"
    assert "S676" in {reason["code"] for reason in reply["reasons"]}


def test_a_due_item_of_a_building_far_from_streets_does_not_stop_the_run(plain: Plain, far: str) -> None:
    scenario = load_scenario(plain.folder)
    item = Recheck("R1", far, None, "1201", "rectify", date(2026, 9, 1), date(2026, 9, 15))
    inputs = replace(load_inputs(scenario), rechecks=(item,))
    edition = plan_inputs(scenario, inputs, lambda _step, _progress: None).edition
    assert edition.plan.routes
    assert edition.violations == ()


def test_a_must_at_a_building_far_from_streets_is_refused(plain: Plain, sweep: Run, far: str) -> None:
    plain.write("history", [row for row in plain.rows("history") if row["building_id"] != far])
    add_pins(plain.folder, f"must,{far},")
    result = sweep("validate", plain.folder, "--json")
    assert [i["code"] for i in json.loads(result.stdout)["issues"]] == ["S639"]


def test_a_base_far_from_streets_stops_the_run_with_its_name_and_distance(plain: Plain, sweep: Run) -> None:
    rows = plain.rows("bases")
    plain.write("bases", [{**row, "lat": str(float(row["lat"]) + NORTH * (n == 0))} for n, row in enumerate(rows)])
    result = sweep("run", plain.folder, "--out", plain.folder.parent / "out", "--json")
    assert result.exit_code == 2
    (issue,) = json.loads(result.stdout)["issues"]
    assert (issue["code"], rows[0]["base_id"] in issue["where"]) == ("G301", True)
    assert re.search(r"\d{4,5} m", issue["what"])


def test_buildings_that_are_all_far_from_streets_stop_the_run(plain: Plain, sweep: Run) -> None:
    move(plain, list(gpd.read_file(plain.folder / "buildings.gpkg")["building_id"]))
    result = sweep("validate", plain.folder, "--json")
    assert result.exit_code == 2
    assert [i["code"] for i in json.loads(result.stdout)["issues"]] == ["S676"]


@pytest.mark.slow
def test_a_campaign_leaves_out_a_building_far_from_streets(plain: Plain, sweep: Run, far: str) -> None:
    (plain.folder / "campaign.toml").write_text(TOML, encoding="utf-8")
    out = plain.folder.parent / "out"
    result = sweep("campaign", "plan", plain.folder, "--out", out, *ROUNDS)
    assert result.exit_code == 0, result.output
    record = json.loads((out / "tiny" / "campaign" / "campaign.json").read_text(encoding="utf-8"))
    assert far not in {v["building_id"] for d in record["days"] for v in d["visits"]}
    assert sweep("check", plain.folder, out / "tiny" / "campaign").exit_code == 0
    explained = sweep("explain", plain.folder, out / "tiny" / "campaign", far)
    assert "no route from any base" in explained.output


def test_whatif_plans_around_a_building_far_from_streets(plain: Plain, sweep: Run, far: str) -> None:
    result = sweep("whatif", plain.folder, "--grid", "teams.n_teams=3,4", "--out", plain.folder.parent / "out")
    assert result.exit_code == 0, result.output
