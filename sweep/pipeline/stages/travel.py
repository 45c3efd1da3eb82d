"""How a scenario's teams travel: by road with the shift's traffic, on foot where that is quicker, or straight."""

from __future__ import annotations

from pathlib import Path

from geodata.roads.mixed import CarAndFoot
from geodata.roads.network import StraightLines, Travel, build_network
from sweep.scenario.scenario import Scenario


def make_travel(scenario: Scenario, street_file: Path | None) -> Travel:
    """
    The way to travel of a scenario.

    Parameters
    ----------
    scenario
        Its [roads], and [plan] for the shift and for straight lines.
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
    if not roads.parking_minutes and not roads.walk_within_m:
        return car
    foot = build_network(street_file, profile="foot")
    return CarAndFoot(car, foot, round(roads.parking_minutes * 60), roads.walk_within_m)
