"""From the car to the door: what every way takes beyond the road, before anybody can begin at its end."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from geodata.arrays import Int64s
from geodata.roads.network import UNREACHABLE, TravelTable


def with_arrivals(table: TravelTable, arrival_s: Int64s) -> TravelTable:
    """
    The table with the seconds that arriving takes in every way; staying where one is takes none.

    Parameters
    ----------
    arrival_s
        Seconds from the road's end to where work can begin, by place of arrival, shape (n,), whole, >= 0.

    Raises
    ------
    ValueError
        If the shape is another, or a number is below 0.
    """
    n = len(table.duration_s)
    if arrival_s.shape != (n,) or (arrival_s < 0).any():
        raise ValueError(f"arrival_s must have shape ({n},) and be >= 0, got {arrival_s.shape}")
    is_way = (table.duration_s < UNREACHABLE) & ~np.eye(n, dtype=bool)
    return replace(table, duration_s=table.duration_s + is_way * arrival_s)
