"""Candidate teams by site and size, columns (a team with a route), and the staff counts they share."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from geodata.array_types import Float64s
from sweep.plan.bound.components import Component, IdenticalTeams, as_flags
from sweep.plan.bound.team_times import TaskWindows
from sweep.plan.problem.problem import Problem, TeamRules
from sweep.records.people import MARKET_REGULATION, POLICE, Person
from sweep.records.visits import Slot, Visit


class TeamType(NamedTuple):
    """Team type: teams of one site whose sizes give the same service times."""

    kind: IdenticalTeams
    n_least: int
    """Smallest size; no team of `n_least` to `n_members` people is faster than this type."""
    n_members: int
    """A team of this size is as fast as this type."""
    seconds: Float64s
    """Shortest leg into each task plus its service time, (tasks,)."""


@dataclass(frozen=True, slots=True, eq=False)
class TeamSite:
    """District and base of teams, with the team types."""

    district: str
    base_id: str
    forms: tuple[TeamType, ...]
    """Ascending by size; all have the same tasks, by position."""


class TeamColumn(NamedTuple):
    """A team type with a route."""

    site: int
    form: int
    places: tuple[int, ...]
    """Positions of its stops among the tasks of the site."""


@dataclass(frozen=True, slots=True, eq=False)
class CandidateTeams:
    """All candidate teams and their tasks."""

    pool: Component
    sites: tuple[TeamSite, ...]
    room: StaffCounts
    most_teams: int
    """Maximum number of teams at one time."""
    leasts: tuple[int, ...]
    """Smallest size of each team type, at the site with most types."""
    slots: tuple[tuple[Visit, Slot], ...]
    """Visit and slot of each row of the arrays."""
    shut: Mapping[int, float]
    """Rows of the slots that no team can fill, with the value of their unit."""
    of_musts: float
    """Total weight added to the must-visits beyond their value."""

    def windows_of(self, form: TeamType) -> TaskWindows:
        """Windows of the tasks of a team type."""
        return TaskWindows(self.pool.windows.window[form.kind.tasks])

    def form_of(self, column: TeamColumn) -> TeamType:
        """Team type of a column."""
        return self.sites[column.site].forms[column.form]

    def tasks_of(self, column: TeamColumn) -> list[int]:
        """Tasks of the pool at a column's stops."""
        tasks: list[int] = self.form_of(column).kind.tasks[list(column.places)].tolist()
        return tasks

    def is_true(self, column: TeamColumn) -> bool:
        """Whether the route is elementary: no stop is barred after an earlier one."""
        team = self.form_of(column).kind.team
        barred = as_flags(team.barred, len(team.out))[np.ix_(column.places, column.places)]
        return not np.triu(barred, 1).any()

    def slot_of(self, task: int) -> tuple[Visit, Slot]:
        """Visit and first slot of a task of the pool."""
        return self.slots[int(self.pool.slots[task][0])]


@dataclass(frozen=True, slots=True)
class StaffCounts:
    """Staff counts shared by all teams. If market regulation may work anywhere, the only district is ""."""

    tied: Mapping[str, int]
    """People bound to the teams of a district, by district (C12)."""
    officers: Mapping[str, int]
    """Certified officers among them."""
    free: int
    """People who may be in any team."""
    police: int
    """Certified police officers."""
    women: int
    """Certified women."""

    def most_teams(self, rules: TeamRules, districts: Collection[str]) -> int:
        """Maximum number of teams of these districts at one time."""
        officers, police = (rules.min_certified.get(a, 0) for a in (MARKET_REGULATION, POLICE))
        rooms = [(sum(self.tied.values()) + self.free) // max(1, sum(rules.min_certified.values()))]
        rooms += [sum(self.officers.get(d, 0) // officers for d in districts)] if officers else []
        rooms += [n // least for n, least in ((self.police, police), (self.women, rules.min_female)) if least]
        return min(rooms)


def staff_counts(problem: Problem, people: Sequence[Person]) -> StaffCounts:
    """Staff counts of the people available for teams."""
    certified = [p for p in people if p.is_certified(problem.day)]
    tied = [p for p in people if p.agency == MARKET_REGULATION]
    return StaffCounts(
        tied=Counter(staff_district(problem, p.division_code) for p in tied),
        officers=Counter(staff_district(problem, p.division_code) for p in certified if p.agency == MARKET_REGULATION),
        free=len(people) - len(tied),
        police=sum(p.agency == POLICE for p in certified),
        women=sum(p.is_female for p in certified),
    )


def staff_district(problem: Problem, division_code: str) -> str:
    """District as `StaffCounts` names it."""
    return "" if problem.rules.assist_letter else division_code
