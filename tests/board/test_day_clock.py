"""The time of the plan's day, by the wall."""

from __future__ import annotations

from datetime import date, datetime

import pytest

from geodata.clock_times import ZONE
from sweep.board.day_clock import DayClock

HOUR_S = 3_600


@pytest.mark.parametrize(
    ("now", "day_s", "is_on"),
    [
        pytest.param("2026-09-14T23:00:00", 23 * HOUR_S, False, id="two days before: the time of the day"),
        pytest.param("2026-09-15T00:00:00", -24 * HOUR_S, False, id="a day before"),
        pytest.param("2026-09-15T23:00:00", -HOUR_S, False, id="the evening before"),
        pytest.param("2026-09-16T00:00:00", 0, True, id="midnight"),
        pytest.param("2026-09-16T13:00:05", 13 * HOUR_S + 5, True, id="the day"),
        pytest.param("2026-09-17T02:00:00", 26 * HOUR_S, True, id="the night after"),
        pytest.param("2026-09-17T23:59:59", 48 * HOUR_S - 1, True, id="the last second"),
        pytest.param("2026-09-18T00:00:00", 0, False, id="two days after: the time of the day"),
    ],
)
def test_the_time_counts_from_the_midnight_of_the_plans_day(now: str, day_s: int, is_on: bool) -> None:
    clock = DayClock(wall=lambda: datetime.fromisoformat(now).replace(tzinfo=ZONE), day=date(2026, 9, 16))
    assert (clock.day_s(), clock.report_s(), clock.is_on()) == (day_s, max(0, day_s), is_on)


@pytest.mark.parametrize(
    ("now", "is_today"),
    [
        pytest.param("2026-09-15T23:59:59", False, id="the evening before"),
        pytest.param("2026-09-16T00:00:00", True, id="the day"),
        pytest.param("2026-09-17T01:59:59", True, id="in the last shift"),
        pytest.param("2026-09-17T02:00:00", False, id="after it"),
    ],
)
def test_a_board_opened_in_the_night_of_a_sweep_is_of_its_day_until_the_last_shift_ends(
    now: str, is_today: bool
) -> None:
    clock = DayClock(wall=lambda: datetime.fromisoformat(now).replace(tzinfo=ZONE), day=date(2026, 9, 16))
    assert clock.is_today(26 * HOUR_S) is is_today
    # A sweep that ends in the afternoon is looked at until midnight.
    assert clock.is_today(18 * HOUR_S) is now.startswith("2026-09-16")


def test_without_a_day_it_is_the_time_of_the_day() -> None:
    assert DayClock(wall=lambda: datetime(2026, 9, 18, 2, tzinfo=ZONE)).day_s() == 2 * HOUR_S


def test_a_day_that_is_played_runs_from_its_start() -> None:
    clock = DayClock(50_000, 1.0)
    assert (clock.day_s() in range(50_000, 50_060), clock.is_on()) == (True, True)
