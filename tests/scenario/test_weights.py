"""[weights] of a scenario: what they cost in the day's problem, and nothing where none are set."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import numpy as np
import pytest
from pydantic import ValidationError

from geodata.roads.travel_modes import TravelTable
from sweep.jobs.stages.build_problem import day_problem
from sweep.plan.problem.problem import Problem
from sweep.records.people import Person
from sweep.scenario.plan_settings import WeightSettings
from sweep.scenario.scenario import Scenario
from tests.plan.conftest import visit


def scenario(**weights: float) -> Scenario:
    return Scenario.model_validate({"name": "x", "day": date(2026, 9, 16), "weights": weights} if weights else BARE)


BARE = {"name": "x", "day": date(2026, 9, 16)}


def asked(given: Scenario) -> Problem:
    home = Person("P1", "police", "officer", None, False, "S", "370102", (0, 86_400))
    people = (home, replace(home, person_id="P2", division_code="370103"), replace(home, person_id="M1", agency="x"))
    visits = [visit("B1"), replace(visit("B2"), division_code="370104")]
    ways = np.zeros((2, 2), np.int64)
    table = TravelTable(ways, ways, np.zeros(2), "straight_line")
    return day_problem(given, visits, people, buildings={}, bases={}, places={"B1": 0, "B2": 1}, table=table)


def test_a_scenario_without_weights_costs_what_it_cost() -> None:
    made = asked(scenario())
    assert made.weights == replace(made.weights, overtime=0.0, uneven_work=0.0)
    assert made.rules.paid_until_s is None


def test_weights_by_the_hour_are_weights_by_the_second_of_the_problem() -> None:
    made = asked(scenario(overtime=3.6, paid_until_s=61_200, uneven_work=36.0))
    assert made.rules.paid_until_s == 61_200
    assert (made.weights.overtime, made.weights.uneven_work) == pytest.approx((0.001, 0.01))


def test_overtime_needs_a_time_from_which_on_it_is_overtime() -> None:
    with pytest.raises(ValidationError, match="overtime and paid_until go together"):
        WeightSettings(overtime=1.0)
