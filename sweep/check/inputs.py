"""What the checker is given: the inputs and the plan, nothing of the planner."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date

import numpy as np
from numpy.typing import NDArray

from sweep.records import Base, Building, Draw, Person, Plan, Recheck, Route, Stop, Team, Visit
from sweep.scenario import Scenario


@dataclass(frozen=True, slots=True)
class CheckInputs:
    """The inputs that a plan is judged against."""

    scenario: Scenario
    buildings: Mapping[str, Building]
    persons: Mapping[str, Person]
    bases: Mapping[str, Base]
    visits: Mapping[str, Visit]
    """On offer, by id."""
    draw: Draw
    n_inspections: Mapping[tuple[str, str], int]
    """By (authority, uscc), this year before the day."""
    credit_class: Mapping[str, str]
    """By uscc, where known."""
    places: Mapping[str, int]
    travel_s: NDArray[np.int64]
    """Shape (n, n)."""
    rechecks: Mapping[str, Recheck] = field(default_factory=dict)
    """Open items that are due, by id (C27)."""
    withheld: frozenset[str] = frozenset()
    """Buildings under investigation, by id (C26)."""

    @property
    def day(self) -> date:
        """The day of the sweep."""
        return self.scenario.day


def team_index(plan: Plan) -> dict[str, Team]:
    """Teams by id."""
    return {t.team_id: t for t in plan.teams}


def known_stops(inputs: CheckInputs, plan: Plan) -> Iterator[tuple[Team, Route, Stop, Visit]]:
    """Every stop whose team and visit exist; the others are told by P05."""
    teams = team_index(plan)
    for route in plan.routes:
        for stop in route.stops:
            if route.team_id in teams and stop.visit_id in inputs.visits:
                yield teams[route.team_id], route, stop, inputs.visits[stop.visit_id]


def members(inputs: CheckInputs, team: Team) -> list[Person]:
    """The team's people who are on the roster; the others are told by P05."""
    return [inputs.persons[m] for m in team.member_ids if m in inputs.persons]


def stops_by_visit(plan: Plan) -> dict[str, list[tuple[str, Stop]]]:
    """(team id, stop) of each visit served."""
    index: dict[str, list[tuple[str, Stop]]] = defaultdict(list)
    for route in plan.routes:
        for stop in route.stops:
            index[stop.visit_id].append((route.team_id, stop))
    return dict(index)
