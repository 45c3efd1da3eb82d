"""What past visits forbid."""

from __future__ import annotations

from datetime import date

import pandas as pd
import pytest

from geodata.schema import TIMEZONE
from sweep.select.selection_tables import capped_firms, inspections_this_year, last_visits

CAP = {"A": 1, "B": 2, "C": 2, "D": 4}
BOTH = ["police", "market_regulation"]
MR = "market_regulation"


@pytest.mark.parametrize(
    ("row", "n"),
    [
        pytest.param({}, 1, id="routine"),
        pytest.param({"track": "special"}, 1, id="special"),
        pytest.param({"track": "case"}, 0, id="case is exempt"),
        pytest.param({"track": "stocktake"}, 0, id="taking stock is no inspection"),
        pytest.param({"track": "investigation"}, 0, id="an investigation is no inspection"),
        pytest.param({"uscc": None}, 0, id="the building as a whole"),
        pytest.param({"visited_on": pd.Timestamp(2026, 1, 1, tz=TIMEZONE)}, 1, id="first moment of the year"),
        pytest.param({"visited_on": pd.Timestamp(2025, 12, 31, 23, 59, tz=TIMEZONE)}, 0, id="last minute of the old"),
        pytest.param({"visited_on": pd.Timestamp(2026, 9, 15, 23, 59, tz=TIMEZONE)}, 1, id="the evening before"),
        pytest.param({"visited_on": pd.Timestamp(2026, 9, 16, tz=TIMEZONE)}, 0, id="the day itself"),
    ],
)
def test_what_counts_as_an_inspection_this_year(row, n, make_history, day):
    counted = inspections_this_year(make_history([{"uscc": "F1"} | row]), day)
    assert counted == ({(MR, "F1"): n} if n else {})


def test_inspections_are_counted_by_authority(make_history, day):
    history = make_history([{"uscc": "F1"}, {"uscc": "F1"}, {"uscc": "F1", "authority": "police"}, {"uscc": "F2"}])
    assert inspections_this_year(history, day) == {(MR, "F1"): 2, ("police", "F1"): 1, (MR, "F2"): 1}


def test_no_history_no_inspections(make_history, day):
    assert inspections_this_year(make_history([]), day) == {}
    assert last_visits(make_history([]), day) == {}


@pytest.mark.parametrize(
    ("credit_class", "n", "is_capped"),
    [
        pytest.param("A", 0, False, id="A never"),
        pytest.param("A", 1, True, id="A once"),
        pytest.param("D", 3, False, id="D three times"),
        pytest.param("D", 4, True, id="D four times"),
        pytest.param("D", 9, True, id="D beyond"),
        pytest.param(None, 1, True, id="no class, the lowest cap"),
    ],
)
def test_a_firm_is_capped_when_its_class_allows_no_more(credit_class, n, is_capped, make_firms):
    firms = make_firms([{"credit_class": credit_class}])
    counts = {(MR, "F00"): n} if n else {}
    assert capped_firms(firms, counts, CAP, BOTH) == (frozenset({"F00"}) if is_capped else frozenset())


def test_a_cap_of_0_forbids_the_first_inspection(make_firms):
    firms = make_firms([{"credit_class": "A"}, {"credit_class": "B"}])
    assert capped_firms(firms, {}, CAP | {"A": 0}, BOTH) == {"F00"}


def test_one_authority_at_its_cap_is_enough_and_the_two_do_not_add_up(make_firms):
    firms = make_firms([{"credit_class": "B"}, {"credit_class": "B"}])
    counts = {(MR, "F00"): 2, (MR, "F01"): 1, ("police", "F01"): 1}
    assert capped_firms(firms, counts, CAP, BOTH) == {"F00"}


def test_authorities_not_on_the_visit_do_not_count(make_firms):
    assert capped_firms(make_firms([{"credit_class": "A"}]), {("street", "F00"): 5}, CAP, BOTH) == frozenset()


def test_firms_of_no_table_are_of_no_interest(make_firms):
    assert capped_firms(make_firms([]), {(MR, "F99"): 9}, CAP, BOTH) == frozenset()


def test_last_visit_is_the_newest_before_the_day(make_history, day):
    history = make_history(
        [{"age": 9}, {"age": 3, "outcome": "no_access"}, {"age": 0}, {"age": 5, "building_id": "B2"}]
    )
    last = last_visits(history, day)
    assert {b: t.date() for b, t in last.items()} == {"B1": date(2026, 9, 13), "B2": date(2026, 9, 11)}
