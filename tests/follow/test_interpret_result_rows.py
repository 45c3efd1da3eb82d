from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date, datetime
from zoneinfo import ZoneInfo

import pandas as pd
import pytest

from geodata.schema import TIMEZONE
from sweep.follow.accept_results import PlannedVisit, accept_results
from sweep.follow.interpret_result_rows import history_rows, outcome
from sweep.rank.learnt.past_checks import list_checks
from sweep.select.selection_tables import inspections_this_year, last_pairs

ZONE = ZoneInfo(TIMEZONE)

Make = Callable[..., pd.DataFrame]


@pytest.mark.parametrize(
    ("row", "expected"),
    [
        ({}, "nothing"),
        ({"n_dens": 0, "headcount_seen": 6, "licence_displayed": "yes"}, "nothing"),
        ({"n_dens": 1}, "find"),
        ({"unit_state": "locked"}, "no_access"),
        ({"unit_state": "vacant"}, "no_access"),
        ({"unit_state": "refused"}, "no_access"),
        # Gear that works by itself in an empty room.
        ({"unit_state": "vacant", "n_dens": 1}, "find"),
        ({"unit_state": "not_found"}, "irregular"),
        ({"address_match": "no"}, "irregular"),
        ({"n_hazards": 2, "n_hazards_fixed": 1}, "irregular"),
        ({"n_hazards": 2, "n_hazards_fixed": 2}, "nothing"),
        ({"fire_exit_blocked": "yes"}, "irregular"),
        ({"is_rectify": "yes"}, "irregular"),
    ],
)
def test_an_outcome_follows_from_what_was_seen(make_results: Make, row: dict[str, object], expected: str) -> None:
    assert outcome(make_results(row).to_dict("records")[0]) == expected


def test_each_firm_inspected_is_in_the_history_of_both_authorities(make_accepted: Make) -> None:
    history = history_rows(make_accepted({}, {"visit_id": "V-B2", "uscc": "F3", "n_dens": 1}))
    rows = [tuple(r) for r in history[["building_id", "uscc", "track", "authority", "outcome"]].to_numpy()]
    assert rows == [
        ("B1", "F1", "case", "police", "nothing"),
        ("B1", "F1", "case", "market_regulation", "nothing"),
        ("B2", "F3", "routine", "police", "find"),
        ("B2", "F3", "routine", "market_regulation", "find"),
    ]
    assert history["selection_probability"].tolist()[2:] == [0.25, 0.25]
    assert history["selection_probability"].isna().tolist() == [True, True, False, False]


def test_a_joint_visit_is_one_inspection_of_each_authority_and_one_look(make_accepted: Make) -> None:
    # Two rooms of F1, in one of them something wrong: one inspection.
    rooms = make_accepted({"unit": "901"}, {"unit": "902", "address_match": "no"})
    history = history_rows(rooms)
    assert history["outcome"].tolist() == ["irregular", "irregular"]
    case = history.assign(track="special")  # the cap exempts the case track
    day = date(2026, 10, 1)
    assert inspections_this_year(case, day) == {("police", "F1"): 1, ("market_regulation", "F1"): 1}
    checks = list_checks(pd.DataFrame({"building_id": ["B1"]}), history, datetime(2026, 10, 1, tzinfo=ZONE))
    assert len(checks) == 1


def test_the_history_names_the_officers_of_the_team_that_was_dealt_the_firm(make_accepted: Make) -> None:
    # V-B1 has two teams: F1 goes to the first, F2 to the second.
    history = history_rows(make_accepted({}, {"uscc": "F2"}))
    assert history["officers"].tolist() == ["P1;P2", "M1;M2", "P3", "M3"]
    assert last_pairs(history, date(2026, 10, 1)) == {"B1": (("M1", "M2"), ("P1", "P2"))}


@pytest.mark.parametrize(
    ("items", "ground"),
    [
        pytest.param(["L1", "L2"], "recheck", id="nothing but items to check again"),
        pytest.param(["L2"], None, id="a lead too"),
        pytest.param([], None, id="leads alone"),
    ],
)
def test_a_visit_that_only_looks_again_says_so(make_accepted: Make, items: list[str], ground: str | None) -> None:
    history = history_rows(make_accepted({}), items)
    assert history["ground"].fillna("").unique().tolist() == [ground or ""]


@pytest.mark.parametrize(
    ("basis", "ground"),
    [
        pytest.param("R-p0-B3-A座 1201", "recheck", id="one item"),
        pytest.param("R-p0-B3-A座 1201 R-p0-B3-A座", "recheck", id="two, of which one begins like the other"),
        pytest.param("R-p0-B3-A座 1202", None, id="a unit of which there is no item"),
        pytest.param("1201 R-p0-B3-A座 1201", None, id="a lead named as the unit is"),
    ],
)
def test_a_unit_whose_name_has_a_blank_is_looked_at_again(
    make_results: Make, visits: dict[str, PlannedVisit], day: date, basis: str, ground: str | None
) -> None:
    again = {"V-B3": replace(visits["V-B3"], basis=basis)}
    taken = accept_results(make_results({"visit_id": "V-B3", "uscc": None, "unit": "A座 1201"}), again, "p1", day)
    history = history_rows(taken.table, ["R-p0-B3-A座", "R-p0-B3-A座 1201"])
    assert history["ground"].fillna("").unique().tolist() == [ground or ""]


def test_stock_taken_is_no_inspection_unless_something_was_found(make_accepted: Make) -> None:
    seen = {"uscc": None, "unit": "1203"}
    assert len(history_rows(make_accepted(seen))) == 0
    found = history_rows(make_accepted(seen | {"n_dens": 1}))
    assert set(found["outcome"]) == {"find"} and found["uscc"].isna().all()


def test_taking_stock_of_a_building_is_one_row_of_it_and_inspects_nobody(make_accepted: Make) -> None:
    units = [{"visit_id": "V-B5", "uscc": None, "unit": str(n)} for n in (901, 902)]
    taken = make_accepted(*units)
    history = history_rows(taken)
    assert set(taken["is_target"]) == {"no"}
    assert history["track"].tolist() == ["stocktake"] * 2 and history["uscc"].isna().all()


def test_a_building_without_a_registered_firm_has_rows_of_its_own(make_accepted: Make) -> None:
    history = history_rows(make_accepted({"visit_id": "V-B3", "uscc": None, "unit": "901"}))
    assert (set(history["building_id"]), history["uscc"].isna().all(), len(history)) == ({"B3"}, True, 2)


def test_no_result_is_no_history(make_accepted: Make) -> None:
    assert len(history_rows(make_accepted({}).iloc[:0])) == 0
