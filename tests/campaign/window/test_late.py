"""Idle hours of a window, and buildings whose turn is over."""

from __future__ import annotations

from geodata.errors import InputError
from tests.benchmarks.campaign.late import drawn_campaign, idle_hours
from tests.seeds import over_seeds


@over_seeds(range(1, 4), n_fast=1)
def test_no_team_is_idle_on_an_earlier_day_that_could_have_served_a_building_whose_turn_is_over(seed: int) -> None:
    try:
        planned = drawn_campaign(seed, 200)
    except InputError:
        return  # no teams can be made of these people
    assert list(idle_hours(planned)) == []
