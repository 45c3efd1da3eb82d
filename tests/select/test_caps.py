"""What past visits forbid."""

from __future__ import annotations

from datetime import date

import pandas as pd
import pytest

from geodata.schema import TIMEZONE
from sweep.scenario.law_and_form_settings import Codes
from sweep.select.frequency_limits import busy_firms
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


@pytest.mark.parametrize(
    ("limits", "days", "is_busy"),
    [
        pytest.param({}, (), False, id="none"),
        pytest.param({}, ("2026-09-16",), True, id="once on the day"),
        pytest.param({"day": 2}, ("2026-09-16",), False, id="a province that allows two a day"),
        pytest.param({}, ("2026-09-14", "2026-09-20"), True, id="Monday and Sunday of the week"),
        pytest.param({"week": 3}, ("2026-09-14", "2026-09-20"), False, id="a province that allows three a week"),
        pytest.param({}, ("2026-09-13", "2026-09-21"), False, id="the weeks before and after"),
        pytest.param({}, ("2026-09-01", "2026-09-08", "2026-09-30"), True, id="three in the month"),
        pytest.param({"month": 4}, ("2026-09-01", "2026-09-08", "2026-09-30"), False, id="a province with four"),
        pytest.param({}, ("2026-08-31", "2026-09-08", "2026-10-01"), False, id="one in the month"),
    ],
)
def test_the_limits_over_all_authorities_are_those_of_the_scenario(limits, days, is_busy, make_history, day):
    others = pd.DataFrame({"uscc": ["F1"] * len(days), "visited_on": pd.to_datetime(list(days)).tz_localize(TIMEZONE)})
    assert busy_firms(make_history([]), others, day, Codes(inspections_max=limits)) == (
        frozenset({"F1"}) if is_busy else frozenset()
    )


def test_the_rows_of_a_joint_visit_are_one_inspection_of_the_firm_and_stocktaking_is_none(make_history, day):
    joint = [{"uscc": "F1", "age": 1.5}, {"uscc": "F1", "age": 1.5, "authority": "police"}]
    stock = [{"uscc": "F1", "age": 2.0, "track": "stocktake"}]
    one_more = pd.DataFrame({"uscc": ["F1"], "visited_on": [pd.Timestamp(2026, 9, 18, tz=TIMEZONE)]})
    none = one_more.iloc[:0]
    # Two a week are allowed: one joint visit, and the one to come.
    assert busy_firms(make_history(joint + stock), none, day, Codes()) == frozenset()
    assert busy_firms(make_history(joint), one_more, day, Codes()) == {"F1"}
