"""Exact routing of a small component in CP-SAT: a circuit for each team, synchronised start variables."""

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor, wait
from typing import NamedTuple

import numpy as np
from ortools.sat.python import cp_model

from sweep.plan.bound.branch_nodes import BranchNode
from sweep.plan.bound.components import Component, as_flags
from sweep.plan.bound.synchronise_routes import Routes
from sweep.plan.bound.team_kind_arrays import TeamKind
from sweep.plan.cp_sat_solver import cp_sat

type Literal = cp_model.IntVar
type Arc = tuple[int, int, cp_model.LiteralT]


class CpSatResult(NamedTuple):
    """Result of a CP-SAT search for plans of a branch-and-bound node; `is_settled`: the search was complete."""

    is_settled: bool
    value: float
    """Value of the best plan found above the known value; minus infinity if none was found."""
    routes: Routes
    """(kind of team, tasks in order, starts in seconds) for each team with stops; empty if no plan was found."""
    seconds: float
    """Deterministic time that CP-SAT used."""


def solve_node(
    pool: Component, node: BranchNode, known: float, seconds: float, should_continue: Callable[[], bool]
) -> CpSatResult:
    """
    Search a node with CP-SAT for the best plan of value above `known`, within deterministic time `seconds`.

    Duty limits are relaxed as in the linear relaxation; synchronisation and links are kept. The search stops early if
    `should_continue` returns false.
    """
    model = _RoutingModel(pool, node, known)
    solver = cp_sat(seconds)
    # The linear relaxation says little about synchronisation: without it CP-SAT is ten times as fast.
    solver.parameters.linearization_level = 0
    with ThreadPoolExecutor(1) as thread:
        job = thread.submit(solver.solve, model.model)
        # Poll `should_continue` every 0.05 seconds.
        while not wait([job], 0.05).done:
            if not should_continue():
                solver.stop_search()
    status, took = job.result(), solver.response_proto.deterministic_time
    if status not in (cp_model.OPTIMAL, cp_model.FEASIBLE):
        return CpSatResult(status == cp_model.INFEASIBLE, -np.inf, [], took)
    return CpSatResult(status == cp_model.OPTIMAL, *model.plan(solver), took)


class _RoutingModel:
    def __init__(self, pool: Component, node: BranchNode, known: float) -> None:
        self.model = cp_model.CpModel()
        self._pool, self._node = pool, node
        self._served = [self.model.new_bool_var("") for _ in pool.value]
        for y, state in zip(self._served, node.served, strict=True):
            if state >= 0:
                self.model.add(y == int(state))
        self._start = [self._start_of(v) for v in range(len(pool.unit_of_visit))]
        self._add_links()
        for loads, most in zip(pool.cap_load, pool.cap_most, strict=True):
            self.model.add(sum(int(loads[u]) * self._served[u] for u in np.flatnonzero(loads)) <= int(most))
        self._goes: list[tuple[int, list[Literal]]] = []
        cover: list[list[Literal]] = [[] for _ in pool.unit]
        for k, kind in enumerate(pool.kinds):
            for _ in kind.teams:
                goes = self._add_team(k)
                self._goes.append((k, goes))
                for i, literal in zip(kind.tasks, goes, strict=True):
                    cover[i].append(literal)
        for group, demand, u in zip(cover, pool.demand, pool.unit, strict=True):
            self.model.add(sum(group) == int(demand) * self._served[u])
        # CP-SAT needs integers: values are rounded up, with a billion points for the most valuable unit.
        rate = 1_000_000_000 / max(1e-12, float(pool.value.max(initial=0.0)))
        points = np.ceil(rate * pool.value).astype(np.int64)
        value = sum(int(n) * y for n, y in zip(points, self._served, strict=True))
        # Better than `known` by more than the rounding.
        self.model.add(value > int(np.floor(rate * known)) + len(points))
        self.model.maximize(value)

    def _start_of(self, v: int) -> cp_model.IntVar:
        """Return the start variable of visit `v`, within its windows; without an open window its unit is unserved."""
        i = int(np.flatnonzero(self._pool.visit == v)[0])
        window = self._pool.windows.window[i]
        lo, hi = np.maximum(window["lo"], self._node.lo[v]), np.minimum(window["hi"], self._node.hi[v])
        open_ = [[int(first), int(last)] for first, last in zip(lo, hi, strict=True) if first <= last]
        if not open_:
            self.model.add(self._served[self._pool.unit_of_visit[v]] == 0)
        return self.model.new_int_var_from_domain(cp_model.Domain.from_intervals(open_ or [[0, 0]]), "")

    def _add_links(self) -> None:
        for v, w in np.argwhere(np.isfinite(self._pool.lag)):
            if v != w:
                units = {int(self._pool.unit_of_visit[v]), int(self._pool.unit_of_visit[w])}
                late = self._start[w] - self._start[v] <= int(self._pool.lag[v, w])
                self.model.add(late).only_enforce_if([self._served[u] for u in units])

    def _add_team(self, k: int) -> list[Literal]:
        """Add a team of kind `k`; return, for each task of the kind, the literal that the team serves the task."""
        model, kind = self.model, self._pool.kinds[k]
        team, visits = kind.team, self._pool.visit[kind.tasks]
        starts = [self._start[v] for v in visits]
        goes = [model.new_bool_var("") for _ in starts]
        is_out = model.new_bool_var("")
        arcs: list[Arc] = [(0, 0, ~is_out)]
        for i, (literal, start) in enumerate(zip(goes, starts, strict=True)):
            model.add_implication(literal, is_out)
            model.add(start >= int(team.shift_lo + team.out[i])).only_enforce_if(literal)
            model.add(start <= int(team.shift_hi - team.back[i] - team.service[i])).only_enforce_if(literal)
            arcs += [(i + 1, i + 1, ~literal), (0, i + 1, model.new_bool_var("")), (i + 1, 0, model.new_bool_var(""))]
        for i, j in np.argwhere(~as_flags(team.barred, len(starts))):
            follows = model.new_bool_var("")
            arcs.append((int(i) + 1, int(j) + 1, follows))
            model.add(starts[j] >= starts[i] + int(team.service[i] + team.travel[i, j])).only_enforce_if(follows)
        model.add_circuit(arcs)
        if team.break_s > 0:
            self._add_break(team, starts, goes, arcs)
        for v in np.unique(visits):
            model.add_at_most_one(goes[i] for i in np.flatnonzero(visits == v))
        # Implied by the circuit; lets CP-SAT see that a shift is full.
        spans = zip(starts, team.service, goes, strict=True)
        model.add_no_overlap([model.new_optional_fixed_size_interval_var(s, int(d), x, "") for s, d, x in spans])
        return goes

    def _add_break(
        self, team: TeamKind, starts: Sequence[cp_model.IntVar], goes: Sequence[Literal], arcs: Sequence[Arc]
    ) -> None:
        """
        Add the break of a team, taken at its base before departure or after one of its tasks.

        `goes`: whether the team serves each task. `arcs`: (from, to, literal), with 0 for the base, i + 1 for task i.
        """
        first, last = max(team.break_lo, team.shift_lo), min(team.break_hi, team.shift_hi - team.break_s)
        if first > last:
            self.model.add(sum(goes) == 0)
            return
        rests = self.model.new_int_var(first, last, "")
        rested = [self.model.new_bool_var("") for _ in goes]
        for start, seconds, literal, was in zip(starts, team.service.tolist(), goes, rested, strict=True):
            self.model.add(start >= rests + team.break_s).only_enforce_if(literal, was)
            self.model.add(rests >= start + seconds).only_enforce_if(literal, ~was)
        for i, j, follows in arcs:
            if i != j:
                # The break lies after i (or the base) and before j (or the return).
                leg_s = team.out[j - 1] if i == 0 else team.back[i - 1] if j == 0 else team.travel[i - 1, j - 1]
                between = [follows, *([~rested[i - 1]] if i else ()), *([rested[j - 1]] if j else ())]
                until = starts[j - 1] if j else team.shift_hi
                self.model.add(rests + team.break_s + int(leg_s) <= until).only_enforce_if(between)

    def plan(self, solver: cp_model.CpSolver) -> tuple[float, Routes]:
        served = np.array([solver.boolean_value(y) for y in self._served])
        routes: Routes = []
        for k, goes in self._goes:
            kind = self._pool.kinds[k]
            tasks = [int(i) for i, literal in zip(kind.tasks, goes, strict=True) if solver.boolean_value(literal)]
            timed = sorted((solver.value(self._start[self._pool.visit[i]]), i) for i in tasks)
            if timed:
                routes.append((k, [i for _, i in timed], [start for start, _ in timed]))
        return float(self._pool.value[served].sum()), routes
