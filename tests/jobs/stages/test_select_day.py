"""How long it takes from the road's end to where work can begin."""

from __future__ import annotations

from datetime import date

import numpy as np
import pytest

from geodata.roads.drive_or_walk import CarAndFoot
from geodata.roads.travel_modes import StraightLines
from sweep.jobs.stages.select_day import access_times_s
from sweep.scenario.road_settings import Roads
from sweep.scenario.scenario import Scenario

STRAIGHT = StraightLines(25.0, 1.4)


def scenario(**roads: float) -> Scenario:
    return Scenario(name="s", day=date(2026, 9, 16), roads=Roads.model_validate(roads))


def test_everybody_parks_and_into_a_building_walks_and_waits_for_a_lift() -> None:
    # 3 + 2 + 2 minutes at each of two buildings, 3 at the one base.
    assert access_times_s(scenario(), STRAIGHT, 2, 1).tolist() == [420, 420, 180]


def test_who_may_walk_parks_in_the_table_of_ways_alone() -> None:
    mixed = CarAndFoot(STRAIGHT, STRAIGHT, 180, 400.0)
    assert access_times_s(scenario(walk_within_m=400.0), mixed, 1, 1).tolist() == [240, 0]


@pytest.mark.parametrize("minutes", [0.0, 1.75])
def test_what_a_scenario_says_goes_before_the_defaults(minutes: float) -> None:
    said = scenario(parking_minutes=0.0, indoors_minutes=minutes)
    assert access_times_s(said, STRAIGHT, 1, 1).tolist() == [round(60 * minutes), 0]


def test_the_numbers_are_whole_seconds() -> None:
    assert access_times_s(scenario(), STRAIGHT, 1, 0).dtype == np.int64
