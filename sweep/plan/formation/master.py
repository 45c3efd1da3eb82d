"""What all teams share, as rows of a linear or an integer program: the slots of visits, and the people by numbers."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import NamedTuple

import numpy as np
from ortools.linear_solver import pywraplp

from sweep.plan.formation.choices import Choices
from sweep.plan.problem.problem import TeamRules
from sweep.records.people import MARKET_REGULATION, POLICE


class District(NamedTuple):
    """Rows of the teams of a district."""

    people: pywraplp.Constraint
    """No more members than people who come, tied or free."""
    tied: pywraplp.Constraint
    """No fewer tied people come than officers of market regulation are asked for,"""
    free: pywraplp.Constraint
    """nor fewer free ones than police are."""
    room: pywraplp.Constraint
    """No more tied people come than there are,"""
    officers: pywraplp.Constraint
    """nor are more officers asked for than there are."""


class Master:
    """Teams with routes as columns, which are added one by one; maximises the value of the units that are served."""

    def __init__(self, solver: str, choices: Choices, rules: TeamRules, n_teams: int, *, is_whole: bool) -> None:
        self.choices, self._is_whole = choices, is_whole
        self.lp = pywraplp.Solver.CreateSolver(solver)
        self.lp.Objective().SetMaximization()
        self.least = {a: rules.min_certified.get(a, 0) for a in (MARKET_REGULATION, POLICE)}
        """Officers whom each team must have."""
        self.n_women = rules.min_female
        room, pool = choices.room, choices.pool
        self.task = [self.at_most(0.0) for _ in pool.unit]
        self.free, self.police, self.women = (
            self.at_most(room.free),
            self.at_most(room.police),
            self.at_most(room.women),
        )
        self.teams = self.at_most(n_teams)
        self.district = {d: self._district(d) for d in sorted({site.district for site in choices.sites})}
        for u, value in enumerate(pool.value.tolist()):
            served = self.variable(1.0)
            self.lp.Objective().SetCoefficient(served, value)
            for i in np.flatnonzero(pool.unit == u):
                self.task[i].SetCoefficient(served, float(pool.demand[i]))

    def at_most(self, most: float) -> pywraplp.Constraint:
        """A row."""
        return self.lp.Constraint(-self.lp.infinity(), float(most))

    def variable(self, most: float | None = None) -> pywraplp.Variable:
        """A variable of 0 or more."""
        top = self.lp.infinity() if most is None else most
        return self.lp.IntVar(0.0, top, "") if self._is_whole else self.lp.NumVar(0.0, top, "")

    def _district(self, district: str) -> District:
        room = self.choices.room
        most = (0.0, 0.0, 0.0, room.tied.get(district, 0), room.officers.get(district, 0))
        rows = District(*(self.at_most(n) for n in most))
        tied, free = self.variable(), self.variable()
        for row, person, factor in (
            (rows.people, tied, -1.0), (rows.people, free, -1.0), (rows.tied, tied, -1.0), (rows.free, free, -1.0),
            (rows.room, tied, 1.0), (self.free, free, 1.0),
        ):  # fmt: skip
            row.SetCoefficient(person, factor)
        return rows

    def add(self, district: str, n_members: int, tasks: Sequence[int], asked: Mapping[str, int]) -> pywraplp.Variable:
        """How often a team goes a route."""
        rows, goes = self.district[district], self.variable()
        officers, police = (max(self.least[a], asked.get(a, 0)) for a in (MARKET_REGULATION, POLICE))
        uses = (
            (rows.people, n_members), (rows.tied, officers), (rows.officers, officers), (rows.free, police),
            (self.police, police), (self.women, self.n_women), (self.teams, 1),
        )  # fmt: skip
        for row, n in uses:
            row.SetCoefficient(goes, float(n))
        for task, n in Counter(tasks).items():
            self.task[task].SetCoefficient(goes, -float(n))
        return goes
