"""The settings of a scenario as the rules of its planning problem."""

from __future__ import annotations

from datetime import date

import pytest

from geodata.errors import InputError
from sweep.jobs.stages.build_problem import break_of_shift
from sweep.records.people import BreakTime
from sweep.scenario.scenario import Scenario

EIGHT = 8 * 3_600


def with_shift(hours: float) -> Scenario:
    """A shift from 08:00; a break of 30 min after 4.5 h."""
    return Scenario.model_validate(
        {
            "name": "x",
            "day": date(2026, 9, 16),
            "plan": {
                "shift_start_s": EIGHT,
                "shift_end_s": EIGHT + round(3_600 * hours),
                "window_start_s": 32_400,
                "window_end_s": 36_000,
            },
        }
    )


@pytest.mark.parametrize(
    ("hours", "pause"),
    [
        pytest.param(4.5, None, id="none is needed"),
        # From 4 h before the end of work to 4.5 h after its start.
        pytest.param(9.0, BreakTime(EIGHT + 4 * 3_600, EIGHT + 16_200, 1_800), id="between 12:00 and 12:30"),
        pytest.param(9.5, BreakTime(EIGHT + 16_200, EIGHT + 16_200, 1_800), id="at 12:30 and no other time"),
    ],
)
def test_a_break_leaves_no_more_than_the_longest_time_on_both_sides(hours: float, pause: BreakTime | None) -> None:
    assert break_of_shift(with_shift(hours)) == pause


def test_a_shift_that_one_break_cannot_part_is_refused() -> None:
    with pytest.raises(InputError, match="S566"):
        break_of_shift(with_shift(9.5 + 1 / 3_600))
