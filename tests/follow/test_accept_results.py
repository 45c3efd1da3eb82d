from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from typing import Any

import pandas as pd
import pytest

from geodata.schema import TIMEZONE
from sweep.follow.accept_results import accept_results, result_errors, with_visits
from sweep.follow.interpret_result_rows import history_rows
from sweep.select.selection_tables import last_answers

Visits = Any  # of conftest.py
Make = Callable[..., pd.DataFrame]


@pytest.mark.parametrize(
    ("row", "code", "values"),
    [
        pytest.param({"visit_id": "V-none"}, "S721", {"visit_id": "V-none"}, id="no such visit"),
        pytest.param({"visit_id": None, "uscc": "F9"}, "S721", {"visit_id": "F9"}, id="a firm of no visit"),
        pytest.param({"visit_id": "V-B4", "uscc": "F4"}, "S722", {"visit_id": "V-B4"}, id="a visit nobody made"),
        pytest.param(
            {"uscc": "F9", "licence_displayed": "no"},
            "S723",
            {"firm": "F9", "visit_id": "V-B1", "columns": ("licence_displayed",)},
            id="a firm inspected that is not on the list",
        ),
        pytest.param(
            {"visit_id": "V-B5", "uscc": None, "unit": "901", "licence_displayed": "no"},
            "S723",
            {"firm": "901", "visit_id": "V-B5", "columns": ("licence_displayed",)},
            id="an inspection where stock is taken",
        ),
        pytest.param(
            {"visit_id": "V-B5", "uscc": None, "unit": None, "licence_displayed": "no"},
            "S723",
            {"firm": "B5", "visit_id": "V-B5", "columns": ("licence_displayed",)},
            id="an inspection of a building as a whole",
        ),
        pytest.param(
            {"visit_id": "V-B2", "uscc": "F3", "scope_match": "no"},
            "S735",
            {"visit_id": "V-B2", "columns": ("scope_match",)},
            id="an item that the form does not ask",
        ),
        pytest.param({"unit_state": "locked", "headcount_seen": 3}, "S724", {"state": "locked", "n": 3}, id="a ghost"),
        pytest.param({"n_hazards": 1, "n_hazards_fixed": 2}, "S725", {"n": 2, "most": 1}, id="more mended than found"),
        pytest.param(
            {"visited_on": "2026-09-15"}, "S726", {"on": "2026-09-15", "day": "2026-09-16"}, id="before the plan"
        ),
        pytest.param(
            {"recheck_on": "2026-09-16"}, "S727", {"on": "2026-09-16", "day": "2026-09-16"}, id="a re-check at once"
        ),
        pytest.param({"recheck_on": "9999-12-31"}, "S743", {"on": "9999-12-31", "n": 731}, id="a re-check of never"),
        pytest.param(
            {"building_id": "B9"}, "S742", {"building_id": "B9", "visit_id": "V-B1", "own": "B1"}, id="elsewhere"
        ),
        pytest.param({"plan_id": "Q"}, "S744", {"got": "Q", "own": "P"}, id="another plan"),
        pytest.param({"is_closed": "yes", "recheck_on": "2026-09-30"}, "S728", {}, id="closed and to be checked again"),
    ],
)
def test_what_cannot_be_true_is_a_fault(
    make_results: Make, visits: Visits, day: date, row: dict[str, object], code: str, values: dict[str, object]
) -> None:
    table = with_visits(make_results({}, row), visits)
    (issue,) = result_errors(table, {0: 2, 1: 3}, "r.csv", visits, "P", day)
    assert (issue.code, issue.where, dict(issue.values)) == (code, "r.csv row 3", values)


def test_stock_may_be_taken_of_firms_that_are_not_inspected(make_results: Make, visits: Visits, day: date) -> None:
    rows = ({"uscc": "F9", "headcount_seen": 4}, {"uscc": None, "unit": "1203", "unit_state": "vacant"})
    assert result_errors(make_results(*rows), {0: 2, 1: 3}, "r.csv", visits, "P", day) == []


def test_a_row_without_a_visit_is_given_that_of_its_firm_then_of_its_building(make_results: Make, visits: Any) -> None:
    table = make_results({"visit_id": None, "uscc": "F3"}, {"visit_id": None, "uscc": None, "building_id": "B1"})
    assert with_visits(table, visits)["visit_id"].tolist() == ["V-B2", "V-B1"]


def test_what_the_plan_says_goes_before_what_the_file_says(make_results: Make, visits: Visits, day: date) -> None:
    table = make_results({"building_id": "B9", "track": "routine", "selection_probability": 0.5, "is_target": "no"})
    done = accept_results(table, visits, "p1", day).table.iloc[0]
    filled_in = (done["building_id"], done["track"], done["selection_probability"], done["is_target"], done["plan_id"])
    assert filled_in == ("B1", "case", 1.0, "yes", "p1")
    assert str(done["visited_on"].date()) == "2026-09-16"


def test_visits_that_the_file_is_silent_about_are_named(make_results: Make, visits: Visits, day: date) -> None:
    assert accept_results(make_results({}), visits, "p1", day).unreported == ("V-B2", "V-B3", "V-B5")


def test_visits_with_results_of_none_of_their_listed_firms_are_named(
    make_results: Make, visits: Visits, day: date
) -> None:
    rooms = {"visit_id": "V-B1", "uscc": None, "unit": "901"}
    assert accept_results(make_results(rooms), visits, "p1", day).uninspected == ("V-B1",)
    assert accept_results(make_results({**rooms, "n_dens": 1}), visits, "p1", day).uninspected == ()
    stock = {"visit_id": "V-B5", "uscc": None, "unit": "901"}
    assert accept_results(make_results({}, stock), visits, "p1", day).uninspected == ()


@pytest.mark.parametrize(
    ("start_s", "typed", "found_at"),
    [
        pytest.param(50_400, None, "2026-09-16 14:00:00", id="no time"),
        pytest.param(50_400, "2026-09-16", "2026-09-16 14:00:00", id="the plan's day alone"),
        pytest.param(50_400, "2026-09-16 13:10", "2026-09-16 13:10:00", id="a time that was typed"),
        pytest.param(50_400, "2026-09-17", "2026-09-17 00:00:00", id="a later day that was typed"),
        pytest.param(90_000, None, "2026-09-16 23:59:59", id="past midnight: the plan's day yet"),
    ],
)
def test_what_bears_no_time_was_found_when_the_plan_begins_the_visit(
    make_results: Make, visits: Visits, day: date, start_s: int, typed: str | None, found_at: str
) -> None:
    own = {"V-B1": replace(visits["V-B1"], start_s=start_s)}
    (on,) = accept_results(make_results({"visited_on": typed}), own, "p1", day).table["visited_on"]
    assert f"{on:%Y-%m-%d %H:%M:%S}" == found_at


def test_a_lead_that_came_in_before_the_visit_of_its_day_is_answered(
    make_results: Make, visits: Visits, day: date
) -> None:
    own = {"V-B1": replace(visits["V-B1"], start_s=50_400)}
    history = history_rows(accept_results(make_results({}), own, "p1", day).table)
    at = last_answers(history, date(2026, 9, 17))["B1"]
    assert pd.Timestamp("2026-09-16 10:00", tz=TIMEZONE) < at < pd.Timestamp("2026-09-16 15:00", tz=TIMEZONE)
