"""Selection of the best set of teams among the columns of the relaxation (SCIP integer program)."""

import math
import time
from collections import Counter
from collections.abc import Mapping, Sequence
from itertools import islice
from typing import NamedTuple

import numpy as np
from ortools.linear_solver import pywraplp

from sweep.plan.bound.route_columns import possible
from sweep.plan.formation.relaxation import TeamRelaxation
from sweep.plan.formation.shared_rows import TeamMaster
from sweep.plan.formation.team_columns import CandidateTeams, TeamColumn
from sweep.plan.problem.problem import Problem
from sweep.plan.restricted_master import WHOLE, Row, Variable
from sweep.plan.teams.membership_rules import most_asked
from sweep.records.visits import Slot, Visit

# Stages as (number of most promising columns, share of the time): each starts from the solution of the one before. NEAR
# is the relative MIP gap that is accepted.
STAGES, NEAR = ((200, 0.3), (500, 0.4), (1_000, 1.0)), 1e-4
# A limit on nodes is the same on every machine. Cuts and restarts took most of SCIP's time without gain: the linear
# program is as tight without. Ctrl-C is handled by the caller.
SCIP = """limits/totalnodes = 200
misc/catchctrlc = FALSE
presolving/maxrestarts = 0
separating/maxroundsroot = 0
separating/maxrounds = 0"""


class EarliestStop(NamedTuple):
    """Stop of a selected team to which no people are assigned yet, at its earliest start."""

    visit: Visit
    slot: Slot
    start_s: int
    """Earliest possible start in seconds after midnight."""


class SelectedTeam(NamedTuple):
    """Selected team that is still to be staffed: district, base, size and route."""

    district: str
    base_id: str
    n_members: int
    """Fewest people with whom the team can drive its route."""
    stops: tuple[EarliestStop, ...]


def select_teams(
    relaxation: TeamRelaxation, problem: Problem, n_teams: int, seconds: float | None
) -> tuple[float, list[SelectedTeam]]:
    """
    Return total worth and teams of the best selection of `n_teams` columns of `relaxation`; (0, []) if none was found.

    A team may have an empty route. `seconds` limits the time; None: no limit.
    """
    choices = relaxation.choices
    idle = [TeamColumn(s, 0, ()) for s in range(len(choices.sites))]
    columns = [*idle, *islice(filter(choices.is_true, relaxation.promising()), STAGES[-1][0])]
    began, value, goes = time.monotonic(), 0.0, list[int]()
    for most, share in STAGES:
        some = columns[: len(idle) + most]
        has_all = len(some) == len(columns)
        spent = time.monotonic() - began
        left = None if seconds is None else min(seconds - spent, seconds * (1.0 if has_all else share))
        if left is None or left > 0.0:
            value, goes = max((value, goes), _SelectionModel(choices, problem, some, n_teams).solved(left, goes))
        if has_all:
            break
    taken: set[int] = set()
    return value, [_chosen(choices, column, taken) for column, n in zip(columns, goes, strict=False) for _ in range(n)]


def column_starts(choices: CandidateTeams, column: TeamColumn) -> tuple[list[int], list[int]]:
    """Return the earliest and the latest start of each stop of a column, two lists in seconds after midnight."""
    form = choices.form_of(column)
    _, early, late = possible(np.array([column.places], np.int64), form.kind.team, choices.windows_of(form))
    return early[0].tolist(), late[0].tolist()


def _late_cost(choices: CandidateTeams, column: TeamColumn, lateness: float) -> float:
    """Return the penalty for starts after the visits' due times on a column's route, at `lateness` per second."""
    visits = [choices.slot_of(i)[0] for i in choices.tasks_of(column)]
    if lateness <= 0.0 or all(v.due_s is None for v in visits):
        return 0.0
    early, _ = column_starts(choices, column)
    late = (max(0, start - v.due_s) for start, v in zip(early, visits, strict=True) if v.due_s is not None)
    return lateness * sum(late)


def _chosen(choices: CandidateTeams, column: TeamColumn, taken: set[int]) -> SelectedTeam:
    """Return the team of a column, without stops at slots that other teams have taken; `taken` gets its slots."""
    site, (early, _) = choices.sites[column.site], column_starts(choices, column)
    stops = []
    for i, start in zip(choices.tasks_of(column), early, strict=True):
        free = (int(row) for row in choices.pool.slots[i] if int(row) not in taken)
        if (row := next(free, None)) is not None:
            taken.add(row)
            stops.append(EarliestStop(*choices.slots[row], start))
    return SelectedTeam(site.district, site.base_id, choices.form_of(column).n_members, tuple(stops))


class _SelectionModel:
    """Integer program over the number of times each column is selected."""

    def __init__(self, choices: CandidateTeams, problem: Problem, columns: Sequence[TeamColumn], n_teams: int) -> None:
        self._c, self._columns = choices, columns
        self._master = TeamMaster(WHOLE, choices, problem.rules, n_teams, SCIP)
        agency = {p.person_id: p.agency for p in problem.people}
        self._goes: list[Variable] = []
        for column in columns:
            tasks = choices.tasks_of(column)
            asked = _asked([choices.slot_of(i) for i in tasks], agency)
            district, n_members = choices.sites[column.site].district, choices.form_of(column).n_members
            goes = self._master.add(district, n_members, tasks, asked)
            cost = _late_cost(choices, column, problem.weights.lateness)
            self._master.solver.Objective().SetCoefficient(goes, -cost)
            self._goes.append(goes)
        self._master.teams.SetLb(n_teams)
        self._once_each()
        self._start_together()

    def _once_each(self) -> None:
        """Add constraints: an officer drawn for several visits is in one team only, which makes all of them (C09)."""
        rows: dict[str, Row] = {}
        for goes, column in zip(self._goes, self._columns, strict=True):
            for i in self._c.tasks_of(column):
                visit, slot = self._c.slot_of(i)
                for officer in visit.officers if slot.is_for_drawn else ():
                    if officer not in rows:
                        rows[officer] = self._master.row(1.0)
                    rows[officer].SetCoefficient(goes, 1.0)

    def _start_together(self) -> None:
        """Add constraints: all teams of a visit start together, and linked visits keep their lags (C16)."""
        pool, lp = self._c.pool, self._master.solver
        n_slots = np.bincount(pool.visit, weights=pool.demand, minlength=len(pool.lag))
        linked = np.flatnonzero((np.isfinite(pool.lag).sum(axis=1) > 1) | (n_slots > 1)).tolist()
        begins = pool.kinds[0].team.shift_lo
        span = float(pool.kinds[0].team.shift_hi - begins)
        # With integer routes these are integral: there is nothing to branch on.
        start = {v: lp.NumVar(0.0, span, "") for v in linked}
        # At most one column of a single slot is selected, so all of them share one big-M row.
        rows: dict[tuple[int, int], tuple[Row, Row]] = {}
        for c, (goes, column) in enumerate(zip(self._goes, self._columns, strict=True)):
            tasks = self._c.tasks_of(column)
            if not any(int(pool.visit[i]) in start for i in tasks):
                continue
            for i, early, late in zip(tasks, *column_starts(self._c, column), strict=True):
                if (v := int(pool.visit[i])) not in start:
                    continue
                key = i, c if pool.demand[i] > 1 else -1
                if key not in rows:
                    rows[key] = self._master.row(), self._master.row(span)
                    rows[key][0].SetCoefficient(start[v], -1.0)
                    rows[key][1].SetCoefficient(start[v], 1.0)
                rows[key][0].SetCoefficient(goes, float(early - begins))
                rows[key][1].SetCoefficient(goes, span - float(late - begins))
        for v, w in np.argwhere(np.isfinite(pool.lag)).tolist():
            if v != w:
                lp.Add(start[w] - start[v] <= float(pool.lag[v, w]))

    def solved(self, seconds: float | None, begun: Sequence[int]) -> tuple[float, list[int]]:
        """Return the solution's value (0 if none) and how many teams take each column; `begun` is a warm start."""
        solver = self._master.solver
        if begun:
            solver.SetHint(self._goes[: len(begun)], [float(n) for n in begun])
        if seconds is not None:
            solver.SetTimeLimit(math.ceil(1_000 * seconds))
        near = pywraplp.MPSolverParameters()
        near.SetDoubleParam(near.RELATIVE_MIP_GAP, NEAR)
        if solver.Solve(near) not in (pywraplp.Solver.OPTIMAL, pywraplp.Solver.FEASIBLE):
            return 0.0, [0] * len(self._goes)
        return self._master.value, [round(goes.solution_value()) for goes in self._goes]


def _asked(slots: Sequence[tuple[Visit, Slot]], agency: Mapping[str, str]) -> Counter[str]:
    """Return how many officers one team needs for all of these slots, by agency (C01, C09, C17)."""
    drawn = {i for visit, slot in slots if slot.is_for_drawn for i in visit.officers}
    return most_asked([Counter(agency.get(i, "") for i in drawn), *(slot.min_certified for _, slot in slots)])
