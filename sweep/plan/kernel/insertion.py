"""Insertion of a task into the routes: feasible positions and their costs, in constant time per position."""

import numpy as np

from geodata.array_types import Bools
from geodata.numba_options import compiled, compiled_internal, compiled_lean
from sweep.plan.kernel.penalties import penalty_rise, soft_least
from sweep.plan.kernel.problem_arrays import FORBIDDEN, LATEST, NONE, Arrays
from sweep.plan.kernel.route_schedule import compute_starts, measure_gaps
from sweep.plan.kernel.route_times import arrival, deadline, first_start, keeps_duty, last_start, travel_time
from sweep.plan.kernel.search_state import SearchState, insert_task, remove_unit, start_at
from sweep.plan.kernel.start_propagation import lower_from, raise_from

NO_PLACE = np.inf


@compiled
def best_place(a: Arrays, s: SearchState, i: int, k: int, rng: np.random.Generator) -> tuple[int, float]:
    """Return the cheapest position of task i in team k's route, and its cost, or (NONE, inf); for calls from Python."""
    return place_in_route(a, s, i, k, NO_PLACE, 0.0, rng)


@compiled_internal
def place_in_route(
    a: Arrays, s: SearchState, i: int, k: int, most: float, blink: float, rng: np.random.Generator
) -> tuple[int, float]:
    """
    Return the cheapest position of task i in team k's route, and its cost: (position, cost), or (NONE, inf).

    The position is the number of stops before the task. It must cost less than `most`; each position is skipped with
    probability `blink`. The cost, in units of value, is the additional service and travel time at the travel cost, plus
    penalties, plus the value lost against the best day.
    """
    service = int(s.service[k, i])
    n = int(s.team[k].length)
    loss = a.extra[a.task[i].lost + a.team[k].day].loss if a.is_daily else 0.0
    best, best_cost = NONE, most - loss
    if service == FORBIDDEN or service + a.task[i].least_legs > s.team[k].widest or n >= s.stop.shape[1]:
        return best, NO_PLACE
    # Rows are read from the tables once: the search spends most of its time in this loop.
    here, team, stop, inside = a.task[i].place, a.team[k], s.stop[k], s.service[k]
    from_here, into = a.travel[0, here], a.travel[-1, here]
    # Binary search: no position before the first stop that can start after this service has room.
    first, behind, soonest = 0, n, a.window[i, 0].lo + service
    while first < behind:
        middle = (first + behind) >> 1
        if s.fill[stop[middle].task].late < soonest:
            first = middle + 1
        else:
            behind = middle
    for p in range(first, n + 1):
        before, free = team.base, team.shift_lo
        if p > 0:
            j = stop[p - 1].task
            before, free = stop[p - 1].at, s.fill[j].early + inside[j]
        to_here = into[before]
        # Most positions are too expensive: skip them before checking times. If some legs are missing, this also passes
        # stops without an onward leg.
        if a.is_over_days and p < n and stop[p].task != team.break_task:
            seconds = service + to_here + from_here[stop[p].at] - stop[p].leg
            if a.travel_cost * seconds >= best_cost:
                continue
        start = first_start(a, i, free + to_here)
        if start == NONE:
            break
        after, limit, saved = team.end, team.shift_hi, s.team[k].home
        if p < n:
            after, limit, saved = stop[p].at, s.fill[stop[p].task].late, stop[p].leg
            if team.break_task == stop[p].task:
                after, limit = behind_break(a, s, k, p, here)
                saved = travel_time(a, before, after) if p + 1 < n else s.team[k].home
        leg = from_here[after] if after != NONE else 0
        if start + service + leg > limit:
            continue
        cost = a.travel_cost * (service + to_here + leg - saved)
        if a.is_soft:
            more = service + to_here + leg - saved
            if cost + soft_least(a, s, i, k, more) >= best_cost:
                continue
            cost += penalty_rise(a, s, i, k, p, start, start + service + leg, more, best_cost - cost)
        if cost < best_cost and (blink == 0.0 or rng.random() >= blink):
            best, best_cost = p, cost
    return best, NO_PLACE if best == NONE else best_cost + loss


@compiled_internal
def behind_break(a: Arrays, s: SearchState, k: int, p: int, here: int) -> tuple[int, int]:
    """
    Return the place to which team k goes after its break at position p, and the latest arrival there, less the break.

    A stop at place `here` is to be inserted before the break, and the team then takes its break at `here`. The arrival,
    in seconds after midnight, already deducts the break: compare it with the stop's end of service plus travel time.
    It is -LATEST if the break does not fit.
    """
    pause = int(s.stop[k, p].task)
    if p + 1 == s.team[k].length:
        after, limit = a.team[k].end, a.team[k].shift_hi
    else:
        after, limit = s.stop[k, p + 1].at, s.fill[s.stop[k, p + 1].task].late
    leg = travel_time(a, here, after)
    start = last_start(a, pause, limit - leg - s.service[k, pause])
    return after, (-LATEST if start == NONE else start + leg)


@compiled_internal
def cheapest(
    a: Arrays, s: SearchState, i: int, open_teams: Bools, blink: float, rng: np.random.Generator
) -> tuple[int, int, float]:
    """
    Return (team, position, cost) of task i's cheapest insertion; (NONE, NONE, inf) if there is no feasible position.

    Only teams marked in `open_teams` are tried. Each position is skipped with probability `blink`.
    """
    best_k, best_p, best_cost = NONE, NONE, NO_PLACE
    for k in range(a.team.shape[0]):
        if not open_teams[k] or s.service[k, i] == FORBIDDEN:
            continue
        most = best_cost if a.is_over_days or a.is_soft else NO_PLACE
        p, cost = place_in_route(a, s, i, k, most, blink, rng)
        if p != NONE and cost < best_cost:
            best_k, best_p, best_cost = k, p, cost
    return best_k, best_p, best_cost


@compiled_internal
def insert_alone(
    a: Arrays, s: SearchState, i: int, open_teams: Bools, most: float, blink: float, rng: np.random.Generator
) -> bool:
    """
    Insert task i, the only task of its unit, at the cheapest position; return whether the task was inserted.

    Only teams marked in `open_teams` are tried. Each position is skipped with probability `blink`. The cost of the
    insertion, in units of value and without service time, must be below `most`.
    """
    best_k, best_p, best_cost = cheapest(a, s, i, open_teams, blink, rng)
    if best_k == NONE or best_cost - a.travel_cost * s.service[best_k, i] >= most:
        return False
    insert_task(a, s, i, best_k, best_p)
    return update_times(a, s, a.task[i].unit)


@compiled_lean
def update_times(a: Arrays, s: SearchState, u: int) -> bool:
    """Update times after inserting unit u; if the routes are infeasible, remove the unit and return False."""
    if _needs_full_update(a, s, u):
        # A break's place is that of the stop before it, so a moved break may also make times earlier. With two stops in
        # one route the times of one depend on the other.
        kept = compute_starts(a, s)
        if not kept:
            remove_unit(a, s, u)
            compute_starts(a, s)
        return kept
    kept = True
    for x in range(a.units[u].task_from, a.units[u].task_to):
        i = int(a.task[x].of_unit)
        v = int(a.task[i].node)
        if i != a.nodes[v].task:
            continue
        ready = -LATEST
        for y in range(a.nodes[v].task, a.nodes[v + 1].task):
            ready = max(ready, arrival(a, s, s.fill[y].team, s.fill[y].pos))
        start = first_start(a, i, ready)
        kept = kept and start != NONE
        for y in range(a.nodes[v].task, a.nodes[v + 1].task):
            start_at(s, y, start)
            s.fill[y].late = LATEST
    for x in range(a.units[u].task_from, a.units[u].task_to):
        kept = kept and raise_from(a, s, a.task[x].of_unit)
    for x in range(a.units[u].task_from, a.units[u].task_to):
        if not kept:
            break
        i = int(a.task[x].of_unit)
        v = int(a.task[i].node)
        kept = keeps_duty(a, s, s.fill[i].team)
        if i == a.nodes[v].task:
            limit = LATEST
            for y in range(a.nodes[v].task, a.nodes[v + 1].task):
                limit = min(limit, deadline(a, s, s.fill[y].team, s.fill[y].pos))
            for y in range(a.nodes[v].link, a.nodes[v + 1].link):
                j = int(a.nodes[a.link[y].to].task)
                limit = min(limit, s.fill[j].late - a.link[y].lo) if s.fill[j].team != NONE else limit
            latest = last_start(a, i, limit)
            kept = kept and latest >= s.fill[i].early
            for y in range(a.nodes[v].task, a.nodes[v + 1].task):
                s.fill[y].late = latest
    for x in range(a.units[u].task_from, a.units[u].task_to):
        kept = kept and lower_from(a, s, a.task[x].of_unit)
    if not kept:
        remove_unit(a, s, u)
        compute_starts(a, s)
    elif not a.is_coupled:
        for x in range(a.units[u].task_from, a.units[u].task_to):
            measure_gaps(a, s, s.fill[a.task[x].of_unit].team)
    return kept


@compiled_internal
def _needs_full_update(a: Arrays, s: SearchState, u: int) -> bool:
    for x in range(a.units[u].task_from, a.units[u].task_to):
        i = int(a.task[x].of_unit)
        k, behind = int(s.fill[i].team), int(s.fill[i].pos) + 1
        if behind < s.team[k].length and s.stop[k, behind].task == a.team[k].break_task:
            return True
        for y in range(a.units[u].task_from, x):
            if s.fill[a.task[y].of_unit].team == k:
                return True
    return False
