"""How checks are spread, counted on paper: five buildings, four planned visits."""

from __future__ import annotations

from dataclasses import replace

import pandas as pd
import pytest

from geodata.schema import HISTORY, LEADS, TIMEZONE
from sweep.check.checker_inputs import CheckInputs
from sweep.check.concentration import measure_concentration
from sweep.records.prevalence_and_check_concentration import ClassChecks, Concentration, DistrictChecks
from tests.tables import valid


def table(schema, rows, prefix):
    blank = dict.fromkeys(schema.columns) | {
        "lead_type": "tip", "lead_source": "reported", "track": "case", "authority": "police", "outcome": "nothing",
    }  # fmt: skip
    keys = {"leads": ("lead_id", "received_at"), "history": ("visit_id", "visited_on")}[schema.name]
    full = [
        {c: v for c, v in (blank | {keys[0]: f"{prefix}{k}"} | row).items() if c in schema.columns}
        | {keys[1]: pd.Timestamp("2026-09-16", tz=TIMEZONE) - pd.Timedelta(days=row.get("age", 10))}
        for k, row in enumerate(rows)
    ]
    return valid(schema, full)


@pytest.fixture
def measured(world):
    def measure(history=(), leads=(), firms=("F-B1", "F-B5"), **given) -> Concentration:
        inputs: CheckInputs = world.given(**given).inputs
        tables = table(HISTORY, history, "V"), table(LEADS, leads, "L")
        return measure_concentration(inputs, world.plan, *tables, firms)

    return measure


def test_the_plan_counts_as_made(measured):
    # The plan goes to B1, B2, B3 (two teams, one check) and B5; B4 is left out.
    spread = measured()
    assert (spread.n_checks, spread.n_planned) == (4, 4)
    assert spread.districts == (DistrictChecks("370102", 4, 0, 4, 0), DistrictChecks("370103", 1, 1, 0, 0))


def test_the_most_checked_twentieth_bears_its_share(measured):
    # Past: B1 three days, of which one with two authorities. 5 % of five buildings is one: B1 with 3 + 1 of 7.
    past = [{"building_id": "B1", "age": a} for a in (5, 6, 7)]
    spread = measured([*past, {"building_id": "B1", "age": 7, "authority": "market_regulation"}])
    assert (spread.n_checks, spread.n_top, spread.n_checks_top) == (7, 1, 4)
    # 7 over 5 buildings as evenly as can be: 2 2 1 1 1.
    assert spread.n_checks_top_even == 2


@pytest.mark.parametrize(
    "row",
    [
        pytest.param({"building_id": "B4", "age": 366}, id="too long ago"),
        pytest.param({"building_id": "B4", "age": -1}, id="after the day"),
        pytest.param({"building_id": "B9", "age": 5}, id="another building"),
        pytest.param({"building_id": "B4", "age": 5, "track": "stocktake"}, id="stock taken"),
        pytest.param({"building_id": "B4", "age": 5, "track": "investigation"}, id="an investigation"),
    ],
)
def test_what_does_not_count(measured, row):
    assert measured([row]).n_checks == 4


def test_a_planned_visit_that_takes_stock_is_no_check(measured, world):
    visits = world.inputs.visits
    spread = measured(visits={**visits, "V-B3": replace(visits["V-B3"], track="stocktake")})
    assert (spread.n_checks, spread.n_planned) == (3, 3)


def test_checks_and_reported_events_by_district(measured):
    leads = [
        {"building_id": "B4", "event_id": "E"},
        {"building_id": "B4", "event_id": "E", "age": 3},
        {"building_id": "B4"},
        {"building_id": "B4", "lead_source": "discovered"},
        {"building_id": "B4", "age": 366},
        {"building_id": None},
    ]
    spread = measured([{"building_id": "B4"}], leads)
    assert spread.districts[1] == DistrictChecks("370103", 1, 0, 1, 2)


def test_inspections_of_firms_stand_against_the_cap_of_their_class(measured):
    # F-B5 (class B, cap 2) is a target of the drawn visit; police came twice and market regulation once: 2 + 1 = 3.
    # F-B1 is a target of a case visit, which the cap exempts; F-X has no class and the lowest cap, 1, and is at it.
    n = {("police", "F-B5"): 2, ("market_regulation", "F-B5"): 1, ("police", "F-X"): 1}
    spread = measured(firms=("F-B1", "F-B5", "F-X"), n_inspections=n)
    assert spread.classes == (ClassChecks("", 1, 2, 1, 1, 0, 1), ClassChecks("B", 2, 1, 1, 0, 1, 3))


def test_no_building_no_share(measured, world):
    spread = measure_concentration(
        world.given(buildings={}, visits={}).inputs, world.plan, table(HISTORY, [], "V"), table(LEADS, [], "L"), ()
    )
    assert (spread.n_checks, spread.n_top, spread.n_checks_top, spread.districts) == (0, 0, 0, ())
