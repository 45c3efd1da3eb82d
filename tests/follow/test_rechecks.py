from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from typing import Any

import pandas as pd
import pytest

from sweep.follow.accept_results import PlannedVisit, accept_results
from sweep.follow.rechecks import ManualClosing, due_rechecks, follow_rechecks
from sweep.records.visits import Recheck
from sweep.scenario.release_board_store_settings import FollowUp

Make = Callable[..., pd.DataFrame]
RECTIFY = {"is_rectify": "yes"}
SHUT = {"unit_state": "locked"}
CHECKS = ("2026-09-16", "2026-09-23", "2026-09-30")


def follow(*tables: pd.DataFrame) -> tuple[Recheck, ...]:
    return follow_rechecks(pd.concat(tables, ignore_index=True), FollowUp())


@pytest.mark.parametrize(
    ("row", "reason", "due"),
    [
        pytest.param(RECTIFY, "rectify", date(2026, 9, 23), id="ordered: seven days"),
        pytest.param({"n_hazards": 1}, "hazard", date(2026, 9, 19), id="a hazard: three"),
        pytest.param({"n_hazards": 1} | RECTIFY, "hazard", date(2026, 9, 19), id="both: the sooner"),
        pytest.param({"address_match": "no"}, "irregular", date(2026, 9, 23), id="not as registered"),
        pytest.param(RECTIFY | {"recheck_on": "2026-10-01"}, "rectify", date(2026, 10, 1), id="a day that was named"),
        pytest.param({"recheck_on": "2026-10-01"}, "rectify", date(2026, 10, 1), id="a day alone"),
    ],
)
def test_a_failed_item_is_due_again(make_accepted: Make, row: dict[str, object], reason: str, due: date) -> None:
    (item,) = follow(make_accepted(row))
    assert (item.reason, item.due_on, item.opened_on, item.closed_on) == (reason, due, date(2026, 9, 16), None)
    assert (item.building_id, item.uscc, item.recheck_id) == ("B1", "F1", "R-p1-B1-F1")


@pytest.mark.parametrize("row", [{}, {"unit_state": "locked"}, {"n_hazards": 1, "n_hazards_fixed": 1}, {"n_dens": 1}])
def test_what_left_nothing_to_mend_opens_nothing(make_accepted: Make, row: dict[str, object]) -> None:
    assert follow(make_accepted(row)) == ()


def test_what_was_mended_on_the_spot_is_closed_at_once(make_accepted: Make) -> None:
    (item,) = follow(make_accepted(RECTIFY | {"is_closed": "yes"}))
    assert (item.closed_on, item.closed_by) == (date(2026, 9, 16), "p1")


@pytest.mark.parametrize(
    ("second", "closed", "due", "n_looks"),
    [
        pytest.param({}, date(2026, 9, 23), date(2026, 9, 23), 0, id="nothing wrong: closed"),
        pytest.param({"unit_state": "locked"}, None, date(2026, 9, 23), 0, id="locked: still due"),
        pytest.param(RECTIFY, None, date(2026, 9, 30), 1, id="still wrong: due again"),
        pytest.param({"is_closed": "no"}, None, date(2026, 9, 30), 1, id="kept open"),
        pytest.param(
            RECTIFY | {"is_closed": "yes"}, date(2026, 9, 23), date(2026, 9, 23), 0, id="closed though still wrong"
        ),
    ],
)
def test_an_item_stays_open_until_somebody_has_looked_and_closed_it(
    make_accepted: Make, second: dict[str, object], closed: date | None, due: date, n_looks: int
) -> None:
    looked = make_accepted(second | {"visited_on": "2026-09-23"}, plan_id="p2")
    (item,) = follow(make_accepted(RECTIFY), looked)
    assert (item.closed_on, item.due_on, item.n_looks) == (closed, due, n_looks)
    assert item.recheck_id == "R-p1-B1-F1"


def test_a_fault_after_a_closed_one_is_a_new_item(make_accepted: Make) -> None:
    days = ("2026-09-16", "2026-09-23", "2026-10-14")
    rows = (RECTIFY, {}, RECTIFY)
    tables = [
        make_accepted(r | {"visited_on": d}, plan_id=f"p{k}") for k, (r, d) in enumerate(zip(rows, days, strict=True))
    ]
    items = [(i.recheck_id, i.closed_on) for i in follow(*tables)]
    assert items == [("R-p0-B1-F1", date(2026, 9, 23)), ("R-p2-B1-F1", None)]


@pytest.mark.parametrize(
    ("rooms", "reason", "due", "unit"),
    [
        pytest.param([RECTIFY, {}], "rectify", date(2026, 9, 23), "1", id="the first room"),
        pytest.param([{}, RECTIFY], "rectify", date(2026, 9, 23), "2", id="the last"),
        pytest.param([RECTIFY, {}, RECTIFY], "rectify", date(2026, 9, 23), "1", id="the first and the last"),
        pytest.param([RECTIFY, {"n_hazards": 1}], "hazard", date(2026, 9, 19), "2", id="the gravest, and the soonest"),
        pytest.param(
            [RECTIFY | {"recheck_on": "2026-10-30"}, {"n_hazards": 1}], "hazard", date(2026, 9, 19), "2", id="sooner"
        ),
        pytest.param([RECTIFY, RECTIFY | {"is_closed": "yes"}], "rectify", date(2026, 9, 23), "1", id="one mended"),
        pytest.param([RECTIFY, {"unit_state": "locked"}], "rectify", date(2026, 9, 23), "1", id="one locked"),
    ],
)
def test_rooms_of_one_firm_are_one_item_that_no_other_room_closes(
    make_accepted: Make, rooms: list[dict[str, object]], reason: str, due: date, unit: str
) -> None:
    (item,) = follow(make_accepted(*({"unit": str(k)} | room for k, room in enumerate(rooms, start=1))))
    assert (item.reason, item.due_on, item.unit) == (reason, due, unit)
    assert (item.closed_on, item.n_looks) == (None, 0)


def test_what_was_mended_on_the_spot_in_every_room_is_closed_at_once(make_accepted: Make) -> None:
    (item,) = follow(make_accepted({"unit": "1"}, RECTIFY | {"unit": "2", "is_closed": "yes"}))
    assert (item.closed_on, item.closed_by) == (date(2026, 9, 16), "p1")


@pytest.mark.parametrize(
    ("rooms", "closed", "n_looks"),
    [
        pytest.param([{}, {}], date(2026, 9, 23), 0, id="nothing wrong in any"),
        pytest.param([{}, RECTIFY], None, 1, id="still wrong in one"),
        pytest.param([RECTIFY, RECTIFY], None, 1, id="still wrong in both: one check"),
        pytest.param([{}, {"is_closed": "no"}], None, 1, id="one kept open"),
        pytest.param([{"is_closed": "yes"}, RECTIFY], None, 1, id="one closed, another wrong"),
        pytest.param([{}, {"is_closed": "yes"}], date(2026, 9, 23), 0, id="closed in one, nothing wrong in another"),
        pytest.param([{"unit_state": "vacant"}, {}], date(2026, 9, 23), 0, id="another room is vacant"),
        pytest.param([{}, {"unit_state": "locked"}], None, 0, id="the room with the fault is locked"),
    ],
)
def test_an_item_is_looked_at_again_in_all_rooms_at_once(
    make_accepted: Make, rooms: list[dict[str, object]], closed: date | None, n_looks: int
) -> None:
    again = [{"unit": str(k), "visited_on": "2026-09-23"} | room for k, room in enumerate(rooms, start=1)]
    (item,) = follow(make_accepted(RECTIFY | {"unit": "2"}), make_accepted(*again, plan_id="p2"))
    assert (item.recheck_id, item.opened_on) == ("R-p1-B1-F1", date(2026, 9, 16))
    assert (item.closed_on, item.n_looks) == (closed, n_looks)


@pytest.mark.parametrize(
    ("checks", "closed", "unit"),
    [
        pytest.param([(RECTIFY, RECTIFY), ({}, SHUT)], None, "2", id="two at fault, one of them locked"),
        pytest.param([(RECTIFY, {}), ({}, RECTIFY), ({}, SHUT)], None, "2", id="found later, then locked"),
        pytest.param([(RECTIFY, {}), (SHUT, RECTIFY), (SHUT, {})], None, "1", id="locked ever since"),
        pytest.param([(RECTIFY, RECTIFY), ({}, SHUT), (SHUT, {})], date(2026, 9, 30), "2", id="one after the other"),
        pytest.param([(RECTIFY, {}), ({}, RECTIFY), (SHUT, {})], date(2026, 9, 30), "2", id="seen in order before"),
    ],
)
def test_an_item_is_closed_once_each_room_at_fault_was_seen_in_order(
    make_accepted: Make, checks: list[tuple[dict[str, object], ...]], closed: date | None, unit: str
) -> None:
    tables = [
        make_accepted(*({"unit": str(k), "visited_on": on} | r for k, r in enumerate(rooms, start=1)), plan_id=f"p{n}")
        for n, (on, rooms) in enumerate(zip(CHECKS, checks, strict=False), start=1)
    ]
    (item,) = follow(*tables)
    assert (item.recheck_id, item.closed_on, item.unit) == ("R-p1-B1-F1", closed, unit)


def test_what_one_team_left_in_a_building_as_a_whole_is_not_closed_by_the_other(make_accepted: Make) -> None:
    whole = {"visit_id": "V-B3", "uscc": None}
    (item,) = follow(make_accepted(whole | {"n_hazards": 2}, whole))
    assert (item.reason, item.closed_on) == ("hazard", None)


def test_two_firms_of_a_building_are_two_items(make_accepted: Make) -> None:
    assert [i.uscc for i in follow(make_accepted(RECTIFY, RECTIFY | {"uscc": "F2"}))] == ["F1", "F2"]


@pytest.mark.parametrize(("day", "n"), [(date(2026, 9, 22), 0), (date(2026, 9, 23), 1), (date(2026, 12, 1), 1)])
def test_an_item_is_due_from_its_day_until_it_is_closed(make_accepted: Make, day: date, n: int) -> None:
    assert len(due_rechecks(follow(make_accepted(RECTIFY)), day)) == n


def test_an_item_closed_by_a_person_is_closed_and_a_later_fault_is_a_new_one(make_accepted: Make) -> None:
    closing = ManualClosing("R-p1-B1-F1", date(2026, 9, 20), "P09", "proof of the mend seen on paper")
    again = make_accepted(RECTIFY | {"visited_on": "2026-10-14"}, plan_id="p2")
    first, second = follow_rechecks(
        pd.concat([make_accepted(RECTIFY), again], ignore_index=True), FollowUp(), [closing]
    )
    assert (first.recheck_id, first.closed_on, first.closed_by) == ("R-p1-B1-F1", date(2026, 9, 20), "P09")
    assert (second.recheck_id, second.closed_on) == ("R-p2-B1-F1", None)


def test_a_closing_on_the_day_of_a_look_that_still_found_it_comes_after_the_look(make_accepted: Make) -> None:
    closing = ManualClosing("R-p1-B1-F1", date(2026, 9, 23), "P09", "proof of the mend seen on paper")
    looked = make_accepted(RECTIFY | {"visited_on": "2026-09-23"}, plan_id="p2")
    (item,) = follow_rechecks(pd.concat([make_accepted(RECTIFY), looked], ignore_index=True), FollowUp(), [closing])
    assert (item.n_looks, item.closed_by) == (1, "P09")


@pytest.mark.parametrize(
    ("planned", "closed"),
    [
        pytest.param({"targets": ("F2",)}, None, id="leads sent the visit to another firm"),
        pytest.param({"track": "stocktake", "targets": ()}, None, id="stock was taken"),
        pytest.param({"targets": ("F1",)}, date(2026, 9, 20), id="the firm was inspected"),
    ],
)
def test_an_item_stays_open_where_somebody_only_called_at_the_door(
    make_accepted: Make,
    make_results: Make,
    visits: dict[str, PlannedVisit],
    day: date,
    planned: dict[str, Any],
    closed: date | None,
) -> None:
    later = {"V-B1": replace(visits["V-B1"], **planned)}
    seen = accept_results(make_results({"visited_on": "2026-09-20", "headcount_seen": 4}), later, "p2", day).table
    (item,) = follow(make_accepted(RECTIFY), seen)
    assert (item.closed_on, item.due_on, item.n_looks) == (closed, date(2026, 9, 23), 0)


@pytest.mark.parametrize(
    ("basis", "closed"), [("L9", None), ("R-p1-B1-A座 1203 R-p1-B1-F1", date(2026, 9, 20))], ids=["a lead", "its item"]
)
def test_a_unit_in_which_nobody_is_registered_is_seen_in_order_by_the_visit_that_its_item_sent(
    make_accepted: Make,
    make_results: Make,
    visits: dict[str, PlannedVisit],
    day: date,
    basis: str,
    closed: date | None,
) -> None:
    unit = {"uscc": None, "unit": "A座 1203"}
    later = {"V-B1": replace(visits["V-B1"], basis=basis)}
    seen = accept_results(make_results(unit | {"visited_on": "2026-09-20"}), later, "p2", day).table
    (item,) = follow(make_accepted(unit | {"n_hazards": 1}), seen)
    assert (item.recheck_id, item.closed_on) == ("R-p1-B1-A座 1203", closed)
