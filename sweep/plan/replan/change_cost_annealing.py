"""Annealing for re-planning: a penalty on each stop that differs from its published team or time; compiled."""

from typing import NamedTuple

import numpy as np

from geodata.array_types import Bools, Int64s
from geodata.numba_options import compiled, compiled_internal, compiled_lean
from geodata.tuple_by_reference import pass_by_reference
from sweep.plan.kernel.annealing import accept, score, total_value
from sweep.plan.kernel.insertion import update_times
from sweep.plan.kernel.problem_arrays import FORBIDDEN, NONE, Arrays
from sweep.plan.kernel.recreate import recreate
from sweep.plan.kernel.route_schedule import compute_starts
from sweep.plan.kernel.route_times import first_start
from sweep.plan.kernel.ruin import ruin, update_after_ruin
from sweep.plan.kernel.search_state import (
    SearchState,
    assign_state,
    fits_caps,
    insert_task,
    remove_unit,
    restore,
    start_at,
)
from sweep.plan.kernel.start_propagation import raise_from


@pass_by_reference
class Orders(NamedTuple):
    """Published team and start of each remaining stop, and the penalty for changing them."""

    team: Int64s
    """Row of each slot's published team, (tasks,); NONE: not published; past the last row: a team no longer active."""
    start: Int64s
    """Published start of each slot in seconds after midnight, (tasks,)."""
    in_time: Int64s
    """Rows of the slots published for teams that are still active, ordered by published start."""
    price: float
    """Penalty of each stop that is dropped, new, or has another time or team, in units of value."""
    floor: float
    """Least value that the new plan must have: the value of keeping the published routes."""


@compiled
def keep_published_starts(a: Arrays, s: SearchState, o: Orders) -> int:
    """Delay stops in `s` to their published starts where feasible; return the number of changed stops."""
    before = np.empty(s.fill.shape[0], np.int64)
    for x in range(o.in_time.shape[0]):
        i = int(o.in_time[x])
        t = int(o.start[i])
        if s.fill[i].team != o.team[i] or not (s.fill[i].early < t <= s.fill[i].late) or first_start(a, i, t) != t:
            continue
        for j in range(s.fill.shape[0]):
            before[j] = s.fill[j].early
        v = int(a.task[i].node)
        for y in range(a.nodes[v].task, a.nodes[v + 1].task):
            start_at(s, y, t)
        if not raise_from(a, s, i):
            for j in range(s.fill.shape[0]):
                start_at(s, j, before[j])
    return n_changed(a, s, o)


@compiled_lean
def n_changed(a: Arrays, s: SearchState, o: Orders) -> int:
    """Return the number of stops that are dropped, new, or have another time or team than published."""
    n = 0
    for i in range(a.n_visit_tasks):
        k = s.fill[i].team
        n += int(k != o.team[i] or (k != NONE and s.fill[i].early != o.start[i]))
    return n


@compiled_lean
def priced_score(a: Arrays, s: SearchState, o: Orders) -> float:
    """
    Delay stops of `s` to their published starts where feasible; return the objective less `o.price` per changed stop.

    If the value of `s` is below `o.floor`, the result is lower by at least 1e6, so that this plan is never preferred.
    """
    changed = keep_published_starts(a, s, o)
    lacks = o.floor - total_value(a, s)
    return score(a, s) - o.price * changed - (1e6 * (1.0 + lacks) if lacks > 1e-9 else 0.0)


@compiled_internal
def put_back(a: Arrays, s: SearchState, o: Orders, u: int) -> bool:
    """
    Insert each slot of unit u into its published team's route, before the stops with a later published start.

    Return True if the routes stay feasible. Otherwise the unit is in no route. In both cases changed times are updated.
    """
    for x in range(a.units[u].task_from, a.units[u].task_to):
        i = int(a.task[x].of_unit)
        k = o.team[i]
        if k == NONE or k >= a.team.shape[0] or s.service[k, i] == FORBIDDEN:
            return False
    if s.cap.shape[0] > 0 and not fits_caps(a, s, u):
        return False
    for x in range(a.units[u].task_from, a.units[u].task_to):
        i = int(a.task[x].of_unit)
        k = o.team[i]
        p = int(s.team[k].length)
        if p >= s.stop.shape[1]:
            remove_unit(a, s, u)
            compute_starts(a, s)
            return False
        while p > 0 and _is_behind(s, o, s.stop[k, p - 1].task, i):
            p -= 1
        insert_task(a, s, i, k, p)
    return update_times(a, s, u)


@compiled_internal
def _is_behind(s: SearchState, o: Orders, j: int, i: int) -> bool:
    start = o.start[j] if o.team[j] == s.fill[j].team else s.fill[j].early
    return bool(start > o.start[i])


@compiled
def keep_orders(a: Arrays, s: SearchState, o: Orders, order: Int64s) -> None:
    """
    Insert unserved units into the routes of their published teams, then delay stops to published starts if feasible.

    `order`: rows of the units, in order of insertion. A unit that does not fit stays unserved as a whole.
    """
    for x in range(order.shape[0]):
        u = int(order[x])
        if s.fill[a.units[u].first].team == NONE:
            put_back(a, s, o, u)
    keep_published_starts(a, s, o)


@compiled
def improve_priced(
    a: Arrays,
    o: Orders,
    now: SearchState,
    trial: SearchState,
    best: SearchState,
    hot: float,
    cold: float,
    n_rounds: int,
    rng: np.random.Generator,
) -> None:
    """
    Run `n_rounds` rounds of simulated annealing on the objective less the penalty of changed stops.

    `now` and `best` are changed in place; `trial` is working memory. The temperature falls from `hot` to `cold`.
    """
    open_teams = np.zeros(a.team.shape[0], np.bool_)
    is_loose = np.zeros(a.units.shape[0], np.bool_)
    now_score, best_score = priced_score(a, now, o), priced_score(a, best, o)
    assign_state(trial, now)
    for r in range(n_rounds):
        open_teams[:] = False
        is_loose[:] = False
        centre = ruin(a, trial, open_teams, is_loose, rng)
        if not update_after_ruin(a, trial, open_teams, rng):
            restore(a, trial, now)
            continue
        # Share of rounds in which units first return to their published positions.
        if rng.random() < 0.6:
            _put_most_back(a, trial, o, is_loose, rng)
        recreate(a, trial, open_teams, is_loose, centre, rng)
        trial_score = priced_score(a, trial, o)
        temperature = hot * (cold / hot) ** (r / n_rounds)
        if not accept(a, now, trial, now_score, trial_score, temperature, rng):
            continue
        now_score = trial_score
        if trial_score > best_score:
            assign_state(best, trial)
            best_score = trial_score


@compiled_internal
def _put_most_back(a: Arrays, s: SearchState, o: Orders, is_loose: Bools, rng: np.random.Generator) -> None:
    """Reinsert nine in ten of the units removed in this round (`is_loose`) into the routes of their published teams."""
    for x in range(o.in_time.shape[0]):
        i = int(o.in_time[x])
        u = int(a.task[i].unit)
        if is_loose[u] and s.fill[i].team == NONE and rng.random() >= 0.1:
            put_back(a, s, o, u)
