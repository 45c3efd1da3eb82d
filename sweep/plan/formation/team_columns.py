"""The teams that could be, and the routes that they could go."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from geodata.array_types import Float64s
from sweep.plan.bound.components import Kind, Pool, as_flags
from sweep.plan.bound.team_times import Windows
from sweep.plan.problem.problem import Problem, TeamRules
from sweep.records.people import MARKET_REGULATION, POLICE, Person
from sweep.records.visits import Slot, Visit


class Form(NamedTuple):
    """Teams of one site and of about one size."""

    kind: Kind
    n_least: int
    """No team of so many people is faster, nor one of any number up to `n_members`."""
    n_members: int
    """A team of so many is as fast."""
    seconds: Float64s
    """Shortest way to each task and service there, (tasks,)."""


@dataclass(frozen=True, slots=True, eq=False)
class Site:
    """Teams of one district that start at one base."""

    district: str
    base_id: str
    forms: tuple[Form, ...]
    """The smallest first; all may do the same tasks, by place."""


class Column(NamedTuple):
    """A team of a form that goes a route."""

    site: int
    form: int
    places: tuple[int, ...]
    """Places of its stops among the tasks of the site."""


@dataclass(frozen=True, slots=True, eq=False)
class Choices:
    """All the teams that could be, and what they could do."""

    pool: Pool
    sites: tuple[Site, ...]
    room: Room
    most_teams: int
    """Most teams that there can be at a time."""
    leasts: tuple[int, ...]
    """Fewest people of each form, where there are most."""
    slots: tuple[tuple[Visit, Slot], ...]
    """Rows of the arrays."""
    shut: Mapping[int, float]
    """Rows of the slots that no team can fill, with what serving all that belongs to them would be worth."""
    of_musts: float
    """What all must-visits together count beyond their value."""

    def windows_of(self, form: Form) -> Windows:
        """When the tasks of a form may start."""
        return Windows(self.pool.windows.window[form.kind.tasks])

    def form_of(self, column: Column) -> Form:
        """Form of a column's team."""
        return self.sites[column.site].forms[column.form]

    def tasks_of(self, column: Column) -> list[int]:
        """Tasks of the pool that a column's stops are."""
        tasks: list[int] = self.form_of(column).kind.tasks[list(column.places)].tolist()
        return tasks

    def is_true(self, column: Column) -> bool:
        """Whether none of its stops is one that no route has after an earlier one."""
        team = self.form_of(column).kind.team
        barred = as_flags(team.barred, len(team.out))[np.ix_(column.places, column.places)]
        return not np.triu(barred, 1).any()

    def slot_of(self, task: int) -> tuple[Visit, Slot]:
        """Visit and first slot of a task of the pool."""
        return self.slots[int(self.pool.slots[task][0])]


@dataclass(frozen=True, slots=True)
class Room:
    """The people that all teams share. Where market regulation may go anywhere there is one district, named ""."""

    tied: Mapping[str, int]
    """Who may only be in the teams of a district, by district (C12)."""
    officers: Mapping[str, int]
    """Certified ones among them."""
    free: int
    """Who may be in any team."""
    police: int
    """Certified ones."""
    women: int
    """Certified ones."""

    def most_teams(self, rules: TeamRules, districts: Collection[str]) -> int:
        """Most teams of these districts that there can be at a time."""
        officers, police = (rules.min_certified.get(a, 0) for a in (MARKET_REGULATION, POLICE))
        rooms = [(sum(self.tied.values()) + self.free) // max(1, sum(rules.min_certified.values()))]
        rooms += [sum(self.officers.get(d, 0) // officers for d in districts)] if officers else []
        rooms += [n // least for n, least in ((self.police, police), (self.women, rules.min_female)) if least]
        return min(rooms)


def room_of(problem: Problem, people: Sequence[Person]) -> Room:
    """What the people who are put into teams make room for."""
    certified = [p for p in people if p.is_certified(problem.day)]
    tied = [p for p in people if p.agency == MARKET_REGULATION]
    return Room(
        tied=Counter(home_of(problem, p.division_code) for p in tied),
        officers=Counter(home_of(problem, p.division_code) for p in certified if p.agency == MARKET_REGULATION),
        free=len(people) - len(tied),
        police=sum(p.agency == POLICE for p in certified),
        women=sum(p.is_female for p in certified),
    )


def home_of(problem: Problem, division_code: str) -> str:
    """District as `Room` names it."""
    return "" if problem.rules.assist_letter else division_code
