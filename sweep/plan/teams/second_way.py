"""Teams put together by another solver (HiGHS) from a smaller model: what CP-SAT's word is held against."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import NamedTuple

import numpy as np
from scipy.optimize import Bounds, LinearConstraint, milp
from scipy.sparse import coo_array

from sweep.plan.problem.problem import Problem
from sweep.plan.teams.frames import Frame
from sweep.plan.teams.joining import counts_as_woman
from sweep.records.people import MARKET_REGULATION, Person

# Nodes of its tree after which HiGHS gives up: counted, not timed, to be the same anywhere.
MOST_NODES = 2_000
# HiGHS's word for it.
INFEASIBLE = 2


class Composed(NamedTuple):
    """What came out."""

    is_possible: bool | None
    """None: it was given up."""
    frames: Sequence[Frame]
    """As they were, but for their districts."""
    members: list[list[Person]]
    """The officers whom each team must have, no more."""


def put_together(problem: Problem, people: Sequence[Person], frames: Sequence[Frame]) -> Composed:
    """
    Teams that keep the rules which no team may break (C01-C03, C12, C19), whatever districts they are of.

    Shares of people, recusals and officers drawn are left aside, so that where this has no way there is none.
    """
    officers = [p for p in people if p.is_certified(problem.day)]
    districts = sorted({f.division_code for f in frames} | {p.division_code for p in officers})
    model = _Model(problem, officers, len(frames), districts)
    solved = milp(
        np.append(np.ones(model.n_joins), np.zeros(model.n_all - model.n_joins)),
        integrality=np.ones(model.n_all, np.int64),
        bounds=Bounds(0, 1),
        constraints=model.constraint(),
        options={"node_limit": MOST_NODES},
    )
    if solved.x is None:
        return Composed(False if solved.status == INFEASIBLE else None, frames, [])
    values = np.rint(solved.x).astype(np.bool_)
    joins = values[: model.n_joins].reshape(len(officers), len(frames))
    of_district = values[model.n_joins :].reshape(len(frames), len(districts))
    placed = [replace(f, division_code=districts[int(of_district[t].argmax())]) for t, f in enumerate(frames)]
    members = [[officers[i] for i in np.flatnonzero(joins[:, t])] for t in range(len(frames))]
    return Composed(True, placed, members)


class _Model:
    """Whether officer i joins team t, then whether team t is of district d; rows of a sparse matrix."""

    def __init__(self, problem: Problem, officers: Sequence[Person], n_teams: int, districts: Sequence[str]) -> None:
        self.n_joins = len(officers) * n_teams
        self.n_all = self.n_joins + n_teams * len(districts)
        self._cells: list[tuple[int, int, float]] = []
        self._low: list[float] = []
        self._high: list[float] = []
        join = np.arange(self.n_joins).reshape(len(officers), n_teams)
        is_of = self.n_joins + np.arange(n_teams * len(districts)).reshape(n_teams, len(districts))
        row = {d: n for n, d in enumerate(districts)}
        for i, person in enumerate(officers):
            self._add([(int(j), 1.0) for j in join[i]], 0, 1)
            if person.agency == MARKET_REGULATION and not problem.rules.assist_letter:
                for t in range(n_teams):
                    self._add([(int(join[i, t]), 1.0), (int(is_of[t, row[person.division_code]]), -1.0)], -1, 0)
        for t in range(n_teams):
            self._add([(int(j), 1.0) for j in is_of[t]], 1, 1)
            for agency, needed in problem.rules.min_certified.items():
                self._add([(int(join[i, t]), 1.0) for i, p in enumerate(officers) if p.agency == agency], needed)
            women = [(int(join[i, t]), 1.0) for i, p in enumerate(officers) if counts_as_woman(problem, p)]
            self._add(women, problem.rules.min_female)

    def _add(self, row: Sequence[tuple[int, float]], low: float, high: float = np.inf) -> None:
        self._cells += [(len(self._low), column, weight) for column, weight in row]
        self._low.append(low)
        self._high.append(high)

    def constraint(self) -> LinearConstraint:
        rows, columns, weights = zip(*self._cells, strict=True) if self._cells else ((), (), ())
        matrix = coo_array((weights, (rows, columns)), shape=(len(self._low), self.n_all))
        return LinearConstraint(matrix.tocsr(), self._low, self._high)
