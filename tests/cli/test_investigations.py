"""A row of the table of investigations that keeps no place away from the sweep stops the run (C26)."""

from __future__ import annotations

import json
from typing import Any

import pandas as pd
import pytest

from sweep.inputs.load_inputs import load_inputs
from sweep.scenario.load_scenario import load_scenario

Run = Any  # these two are of conftest.py
Plain = Any

NOBODY = "91370102MA30000450"  # a well-formed credit code that no firm of the city has


@pytest.fixture
def faults(sweep: Run, plain: Plain) -> Any:
    """(code, where, what) of each fault of `validate` with these investigations."""
    toml = plain.folder / "scenario.toml"
    text = toml.read_text(encoding="utf-8").replace("[data]\n", '[data]\ninvestigations = "investigations.csv"\n')
    toml.write_text(text, encoding="utf-8")

    def judge(*rows: dict[str, str]) -> list[tuple[str, str, str]]:
        plain.write("investigations", [row(f"ZC-{n}", **changes) for n, changes in enumerate(rows, start=1)])
        result = sweep("validate", plain.folder, "--lang", "en", "--json")
        issues = json.loads(result.stdout).get("issues", [])
        assert result.exit_code == (2 if issues else 0), result.output
        return [(i["code"], i["where"], i["what"]) for i in issues]

    return judge


def row(number: str, building_id: str = "B0001", uscc: str = "", closed_on: str = "") -> dict[str, str]:
    keys = {"investigation_id": number, "building_id": building_id, "uscc": uscc}
    return keys | {"opened_on": "2026-09-10", "closed_on": closed_on}


def some_building(plain: Plain) -> Any:
    return next(b["building_id"] for b in plain.rows("building_files") if b["building_id"][-2] != "0")


@pytest.mark.parametrize(
    "misspell",
    [
        pytest.param(lambda own: own.lower(), id="small letters"),
        pytest.param(lambda own: own[0] + own[1:].lstrip("0"), id="no noughts"),
        pytest.param(lambda _: "B9999", id="no such building"),
    ],
)
def test_a_building_that_is_not_one_stops_the_run(plain: Plain, faults: Any, misspell: Any) -> None:
    own = some_building(plain)
    got = misspell(own)
    ((code, where, what),) = faults({"building_id": own}, {"building_id": got})
    assert (code, where, f"“{got}”" in what) == ("S623", "investigations.csv row 3", True)
    assert own in what or got == "B9999"  # the nearest id is named


def test_a_firm_that_the_register_does_not_have_stops_the_run(plain: Plain, faults: Any) -> None:
    ((code, where, what),) = faults({"building_id": some_building(plain), "uscc": NOBODY})
    assert (code, where, NOBODY in what) == ("S624", "investigations.csv row 2", True)


def test_every_unknown_id_is_named_at_once(faults: Any) -> None:
    found = faults({"building_id": "B9998", "uscc": NOBODY}, {"building_id": "B9999"})
    assert [(code, where[-5:]) for code, where, _ in found] == [("S623", "row 2"), ("S624", "row 2"), ("S623", "row 3")]


def test_a_closed_row_keeps_nothing_away_and_may_name_what_is_gone(plain: Plain, faults: Any) -> None:
    assert faults({"building_id": "B9999", "closed_on": "2026-09-12"}) == []
    # It is open for the whole of the day on which it is closed.
    assert [code for code, _, _ in faults({"building_id": "B9999", "closed_on": "2026-09-16"})] == ["S623"]


def test_a_known_building_and_firm_are_no_fault(plain: Plain, faults: Any) -> None:
    firm = next(f for f in plain.rows("firms") if f["building_id"])
    assert faults({"building_id": firm["building_id"], "uscc": firm["uscc"]}) == []


def test_nobody_visits_a_firm_under_investigation_where_it_is_registered(
    sweep: Run, plain: Plain, faults: Any, planned: Any
) -> None:
    """The row names where the firm is thought to work; the register has it in another building, which is visited."""
    case = next(s for r in planned.plan["routes"] for s in r["stops"] if s["track"] == "case")
    firm = next(f for f in plain.rows("firms") if f["building_id"] == case["building_id"])
    elsewhere = next(b["building_id"] for b in plain.rows("building_files") if b["building_id"] != firm["building_id"])
    assert faults({"building_id": elsewhere, "uscc": firm["uscc"]}) == []
    result = sweep("run", plain.folder, "--out", plain.folder.parent / "out", "--json")
    plan = json.loads((next((plain.folder.parent / "out" / "tiny").iterdir()) / "plan.json").read_bytes())
    named = {s["building_id"] for r in plan["routes"] for s in r["stops"]}
    named |= {u["building_id"] for u in plan["unserved"]}
    assert (result.exit_code, firm["building_id"] in named, elsewhere in named) == (0, False, False)


def test_a_visit_of_an_investigation_in_the_history_is_in_nothing_that_is_planned_from(plain: Plain) -> None:
    without = load_inputs(load_scenario(plain.folder)).history
    visits = plain.rows("history")
    secret = visits[0] | {"visit_id": "ZC-1", "visited_on": "2026-09-14", "track": "investigation", "outcome": "find"}
    plain.write("history", [secret, *visits])
    pd.testing.assert_frame_equal(load_inputs(load_scenario(plain.folder)).history, without)
