"""The time of day as people read it: one rounding for paper, seconds where they decide."""

from __future__ import annotations

import pytest

from geodata.clock_times import clock, exact_clock


@pytest.mark.parametrize(
    ("seconds", "on_paper", "exact"),
    [
        pytest.param(0, "00:00", "00:00", id="midnight"),
        pytest.param(50_340, "13:59", "13:59", id="whole-minute"),
        pytest.param(50_369, "13:59", "13:59:29", id="nearer-to-the-minute-before"),
        pytest.param(50_370, "14:00", "13:59:30", id="half-way-to-an-even-minute"),
        pytest.param(50_430, "14:00", "14:00:30", id="half-way-from-an-even-minute"),
        pytest.param(50_380, "14:00", "13:59:40", id="nearer-to-the-minute-after"),
        pytest.param(90_000, "25:00", "25:00", id="past-midnight"),
    ],
)
def test_a_time_of_the_day_is_written_as(seconds: int, on_paper: str, exact: str) -> None:
    assert (clock(seconds), exact_clock(seconds)) == (on_paper, exact)
