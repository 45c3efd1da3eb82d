"""Caps used and left, what has moved, weeks, and how evenly hours are shared."""

from __future__ import annotations

from datetime import date

import pytest

from sweep.campaign.accounts import cap_accounts, gini, interval, moved_share, moves
from sweep.campaign.measures import mean_and_error
from sweep.records.campaign import DayPart, VisitPart
from tests.campaign.small_record import record

TUE, THU = date(2026, 9, 15), date(2026, 9, 17)


def day(on: date, *buildings: str, out: bool = False) -> DayPart:
    visits = tuple(
        VisitPart(
            visit_id=f"V-{b}", building_id=b, track="stocktake", basis=("x",), value=0.1, days=(on,), values=(0.1,)
        )
        for b in buildings
    )
    return DayPart(day=on, is_published=out, draw_seed="s", commitment="c", pool_sha256="p", teams=(), visits=visits)


def test_a_firm_is_full_once_done_and_planned_reach_its_cap() -> None:
    done = [("police", "u1", 2026), ("police", "u1", 2025), ("market_regulation", "u2", 2026)]
    found = list(cap_accounts({"u1": "B", "u2": "B"}, {"A": 1, "B": 2}, done, [("u1", 2026)], [2026]))
    police, market = found
    assert (police.n_done, police.n_planned, police.n_full) == (1, 1, 1)
    assert (market.n_done, market.n_planned, market.n_full) == (1, 1, 0)


def test_moves_say_which_day_was_published() -> None:
    before = record(days=(day(TUE, "a", "b", out=True), day(THU, "c")), planned_on=TUE)
    found = moves(before, (day(TUE, "a", out=True), day(THU, "b", "d")), TUE)
    assert [(m.building_id, m.before, m.after, m.is_frozen, m.why) for m in found] == [
        ("b", TUE, THU, True, "moved"),
        ("c", THU, None, False, "dropped"),
        ("d", None, THU, False, "new"),
    ]
    assert moved_share(before, found, TUE) == pytest.approx(0.5)


def test_days_beyond_the_window_before_are_no_moves() -> None:
    before = record(days=(day(TUE, "a"),), planned_on=TUE)
    assert moves(before, (day(TUE, "a"), day(THU, "b")), TUE) == ()
    assert moves(None, (day(TUE, "a"),), TUE) == ()


def test_the_interval_of_certain_finds_is_a_point() -> None:
    assert interval([1.0, 1.0]) == (2.0, 2.0)
    low, high = interval([0.5])  # a mean of 0.5, a deviation of 0.5
    assert (low, high) == (0.0, pytest.approx(0.5 + 1.645 * 0.5))


def test_gini() -> None:
    assert gini([]) == gini([3.0, 3.0, 3.0]) == pytest.approx(0.0)
    # One of two has all: 2 x (2 x 1) / (2 x 1) - 3/2 = 1/2.
    assert gini([0.0, 1.0]) == pytest.approx(0.5)


def test_mean_and_standard_error() -> None:
    # 1, 3: mean 2, deviation sqrt(2), over sqrt(2).
    assert mean_and_error([1.0, 3.0]) == (2.0, pytest.approx(1.0))
    mean, error = mean_and_error([4.0])
    assert mean == 4.0
    assert error != error
