"""How a scenario's teams travel: by road with the shift's traffic, on foot where that is quicker, or straight."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from geodata.arrays import Int64s
from geodata.roads.mixed import CarAndFoot
from geodata.roads.network import StraightLines, Travel, build_network
from sweep.scenario.scenario import Scenario


def make_travel(scenario: Scenario, street_file: Path | None) -> Travel:
    """
    The way to travel of a scenario.

    Parameters
    ----------
    street_file
        An OpenStreetMap file; None: straight lines.

    Raises
    ------
    InputError
        If the street file cannot be used.
    """
    plan, roads = scenario.plan, scenario.roads
    if street_file is None:
        return StraightLines(plan.speed_kmh, plan.detour_factor)
    car = build_network(street_file, slower=roads.factors((plan.shift_start_s, plan.shift_end_s)))
    if not roads.walk_within_m:
        return car
    foot = build_network(street_file, profile="foot")
    return CarAndFoot(car, foot, roads.parking_s, roads.walk_within_m)


def arrivals_s(scenario: Scenario, travel: Travel, n_buildings: int, n_bases: int) -> Int64s:
    """
    Seconds from the road's end to where work can begin, for buildings and then bases, whole.

    Everybody parks; into a building they walk to the lobby and wait for a lift too. Where ways may be walked the drives
    have their parking already, for who walks does not park.
    """
    roads = scenario.roads
    parking_s = 0 if isinstance(travel, CarAndFoot) else roads.parking_s
    return np.repeat(np.array([parking_s + roads.indoors_s, parking_s], np.int64), [n_buildings, n_bases])
