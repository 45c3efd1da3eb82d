"""What every way takes beyond the road."""

from __future__ import annotations

import numpy as np
import pytest

from geodata.roads.travel_modes import UNREACHABLE, TravelTable, with_access_times

NO = UNREACHABLE
TABLE = TravelTable(np.array([[0, 100, 0], [110, 0, NO], [0, 120, 0]]), np.zeros((3, 3), np.int64), np.zeros(3), "road")


def test_each_way_is_longer_by_what_its_end_takes_and_staying_takes_nothing() -> None:
    # Places 0 and 2 stand wall to wall: 0 s by road, and yet 60 and 420 s from door to door.
    table = with_access_times(TABLE, np.array([60, 300, 420]))
    assert table.duration_s.tolist() == [[0, 400, 420], [170, 0, NO], [60, 420, 0]]
    assert table.distance_m.tolist() == TABLE.distance_m.tolist()


@pytest.mark.parametrize("arrival_s", [[60, 300], [60, 300, -1]], ids=["too few", "below zero"])
def test_what_is_no_time_for_each_place_is_refused(arrival_s: list[int]) -> None:
    with pytest.raises(ValueError, match="arrival_s must have shape"):
        with_access_times(TABLE, np.array(arrival_s))
