"""What the checker is given: the inputs and the plan, nothing of the planner."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from types import MappingProxyType

import numpy as np
from numpy.typing import NDArray

from sweep.records import Base, Building, Draw, Lead, PastVisit, Person, Plan, Recheck, Route, Stop, Team, Visit
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
    leads: Mapping[str, Lead] = field(default_factory=lambda: MappingProxyType({}))
    """Leads that are tied to a building and came in before the day, by id."""
    past: tuple[PastVisit, ...] = ()
    """Visits before the day."""
    dwellings: frozenset[str] = frozenset()
    """Firms in a dwelling or a mixed unit, by uscc."""
    n_register: int = 0
    """Active firms in all buildings."""
    half_life_days: Mapping[str, float] = field(default_factory=lambda: MappingProxyType({}))
    """By lead type, those that the ranking went by."""
    term_keys: frozenset[str] = frozenset()
    """Names of all terms of the ranking's values."""

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


def served(inputs: CheckInputs, plan: Plan) -> Iterator[tuple[Visit, list[tuple[str, Stop]]]]:
    """Every visit on offer that is served, by id, with its (team id, stop)s."""
    for visit_id, stops in sorted(stops_by_visit(plan).items()):
        if visit_id in inputs.visits:
            yield inputs.visits[visit_id], stops


def certified(inputs: CheckInputs, team: Team) -> Counter[str]:
    """Members who count as officers, by agency."""
    return Counter(p.agency for p in members(inputs, team) if p.is_certified(inputs.day))


def clock(seconds: int) -> str:
    """HH:MM."""
    return f"{seconds // 3600:02d}:{seconds // 60 % 60:02d}"


def only_looks_again(inputs: CheckInputs, visit: Visit) -> bool:
    """Whether the visit is nothing but a re-check (C27): it needs no cordon, no lead and no rest."""
    return bool(visit.basis) and set(visit.basis) <= inputs.rechecks.keys()
