"""Where a unit fits into the routes, and at what cost: one slot in constant time, several at a common start."""

from __future__ import annotations

import numpy as np

from geodata.compiled import compiled
from sweep.plan.arrays import FORBIDDEN, LATEST, NONE, Arrays, Bools, Rows, Table
from sweep.plan.state import (
    State,
    arrival,
    deadline,
    free_before,
    keeps_duty,
    lower_from,
    measure_gaps,
    put,
    raise_from,
    retime,
    start_after,
    start_before,
    take_unit,
    way,
)

# Common starts tried for a unit of several tasks, about, and how many of the cheapest are gone through with.
START_TRIALS, COMMIT_TRIALS = 16, 3
# In this share of the insertions of such a unit, costs are told up to so much too high, drawn for each team.
WOBBLE_SHARE, WOBBLE = 0.1, 1.0
NO_PLACE = np.inf


@compiled
def best_place(
    a: Arrays, s: State, i: int, k: int, lo: int, hi: int, blink: float, rng: np.random.Generator
) -> tuple[int, float]:
    """
    Where in team k's route task i costs least if it starts in [lo, hi]: (position or NONE, cost).

    The cost is the time it takes, inside and on the road, weighed like travel, and the lateness it brings.
    """
    service = int(s.service[k, i])
    n = int(s.crew[k].length)
    best, best_cost = NONE, NO_PLACE
    if (
        service == FORBIDDEN
        or service + a.task[i].least_legs > s.crew[k].widest
        or n >= s.stop.shape[1]
        or s.crew[k].load + a.task[i].load > a.crew[k].capacity
    ):
        return best, best_cost
    # Rows are taken out of the tables once: this loop is what the search spends its time in.
    here, crew, stop, inside, window = a.task[i].place, a.crew[k], s.stop[k], s.service[k], a.window[i]
    travel = a.travel[crew.profile]
    from_here = travel[here]
    # Before the first stop that may start after this one is over at the soonest there is no room.
    first, behind, soonest = 0, n, max(window[0].lo, lo) + service
    while first < behind:
        middle = (first + behind) >> 1
        if s.fill[stop[middle].task].late < soonest:
            first = middle + 1
        else:
            behind = middle
    for p in range(first, n + 1):
        before, free = crew.base, crew.shift_lo
        if p > 0:
            j = stop[p - 1].task
            before, free = stop[p - 1].at, s.fill[j].early + inside[j]
        to_here = travel[before, here]
        start = first_start(window, max(lo, free + to_here))
        if start == NONE or start > hi:
            break
        after, limit = crew.end, crew.shift_hi
        if p < n:
            after, limit = stop[p].at, s.fill[stop[p].task].late
            if crew.break_task == stop[p].task:
                after, limit = behind_break(a, s, k, p, here)
        leg, saved = 0, 0
        if after != NONE:
            leg, saved = from_here[after], travel[before, after]
        if start + service + leg > limit:
            continue
        cost = a.travel_cost * (service + to_here + leg - saved)
        if a.is_soft:
            cost += _lateness(a, s, i, k, p, start, start + service + leg)
        if cost < best_cost and (blink == 0.0 or rng.random() >= blink):
            best, best_cost = p, cost
    return best, best_cost


@compiled
def first_start(window: Table, t: int) -> int:
    """As `start_after`, for one task's windows."""
    for w in range(window.shape[0]):
        if window[w].hi >= t and window[w].lo <= window[w].hi:
            return int(max(t, window[w].lo))
    return NONE


@compiled
def behind_break(a: Arrays, s: State, k: int, p: int, here: int) -> tuple[int, int]:
    """If team k's break at position p is taken at `here`: the place after it, and the latest end of the leg there."""
    pause = int(s.stop[k, p].task)
    if p + 1 == s.crew[k].length:
        after, limit = a.crew[k].end, a.crew[k].shift_hi
    else:
        after, limit = s.stop[k, p + 1].at, s.fill[s.stop[k, p + 1].task].late
    leg = way(a, k, here, after)
    start = start_before(a, pause, limit - leg - s.service[k, pause])
    return after, (-LATEST if start == NONE else start + leg)


@compiled
def _lateness(a: Arrays, s: State, i: int, k: int, p: int, start: int, free: int) -> float:
    """What lateness costs if task i starts then and the team is at its stop p at `free`; other teams aside."""
    late = max(0, start - a.task[i].due)
    t = free
    for q in range(p, s.crew[k].length):
        j = int(s.stop[k, q].task)
        begins = start_after(a, j, t)
        if begins == NONE or begins <= s.fill[j].early:
            break
        late += max(0, begins - a.task[j].due) - max(0, s.fill[j].early - a.task[j].due)
        if q + 1 < s.crew[k].length:
            t = begins + s.service[k, j] + way(a, k, s.stop[k, q].at, s.stop[k, q + 1].at)
    return float(a.late_cost * late)


@compiled
def cheapest(
    a: Arrays, s: State, i: int, open_teams: Bools, blink: float, rng: np.random.Generator
) -> tuple[int, int, float]:
    """Where task i costs least over the open teams: (team or NONE, position, cost)."""
    best_k, best_p, best_cost = NONE, NONE, NO_PLACE
    for k in range(a.crew.shape[0]):
        if not open_teams[k] or s.service[k, i] == FORBIDDEN:
            continue
        p, cost = best_place(a, s, i, k, -LATEST, LATEST, blink, rng)
        if p != NONE and cost < best_cost:
            best_k, best_p, best_cost = k, p, cost
    return best_k, best_p, best_cost


@compiled
def insert_alone(
    a: Arrays, s: State, i: int, open_teams: Bools, most: float, blink: float, rng: np.random.Generator
) -> bool:
    """Put a unit's only task where it costs least over the open teams, and less than `most`; whether it is in."""
    best_k, best_p, best_cost = cheapest(a, s, i, open_teams, blink, rng)
    if best_k == NONE or best_cost - a.travel_cost * s.service[best_k, i] >= most:
        return False
    put(a, s, i, best_k, best_p)
    return settle(a, s, a.task[i].unit)


@compiled
def settle(a: Arrays, s: State, u: int) -> bool:
    """Times after the tasks of unit u were put in; if they cannot be kept, the unit is out again and False given."""
    if _has_break(a, s, u):
        # A break is taken where the stop before it is: times behind it may come to lie earlier, too.
        kept = retime(a, s)
        if not kept:
            take_unit(a, s, u)
            retime(a, s)
        return kept
    kept = True
    for x in range(a.unit_start[u], a.unit_start[u + 1]):
        i = int(a.unit_tasks[x])
        v = int(a.task[i].node)
        if i != a.node_start[v]:
            continue
        ready = -LATEST
        for y in range(a.node_start[v], a.node_start[v + 1]):
            ready = max(ready, arrival(a, s, s.fill[y].team, s.fill[y].pos))
        start = start_after(a, i, ready)
        kept = kept and start != NONE
        for y in range(a.node_start[v], a.node_start[v + 1]):
            s.fill[y].early, s.fill[y].late = start, LATEST
    for x in range(a.unit_start[u], a.unit_start[u + 1]):
        kept = kept and raise_from(a, s, a.unit_tasks[x])
    for x in range(a.unit_start[u], a.unit_start[u + 1]):
        if not kept:
            break
        i = int(a.unit_tasks[x])
        v = int(a.task[i].node)
        kept = keeps_duty(a, s, s.fill[i].team)
        if i == a.node_start[v]:
            limit = LATEST
            for y in range(a.node_start[v], a.node_start[v + 1]):
                limit = min(limit, deadline(a, s, s.fill[y].team, s.fill[y].pos))
            for y in range(a.link_start[v], a.link_start[v + 1]):
                j = int(a.node_start[a.link[y].to])
                limit = min(limit, s.fill[j].late - a.link[y].lo) if s.fill[j].team != NONE else limit
            latest = start_before(a, i, limit)
            kept = kept and latest >= s.fill[i].early
            for y in range(a.node_start[v], a.node_start[v + 1]):
                s.fill[y].late = latest
    for x in range(a.unit_start[u], a.unit_start[u + 1]):
        kept = kept and lower_from(a, s, a.unit_tasks[x])
    if not kept:
        take_unit(a, s, u)
        retime(a, s)
    elif not a.is_coupled:
        for x in range(a.unit_start[u], a.unit_start[u + 1]):
            measure_gaps(a, s, s.fill[a.unit_tasks[x]].team)
    return kept


@compiled
def _has_break(a: Arrays, s: State, u: int) -> bool:
    for x in range(a.unit_start[u], a.unit_start[u + 1]):
        if a.crew[s.fill[a.unit_tasks[x]].team].break_task != NONE:
            return True
    return False


@compiled
def insert_unit(
    a: Arrays, s: State, u: int, open_teams: Bools, most: float, blink: float, rng: np.random.Generator
) -> bool:
    """Put unit u in, whole, where it costs least of the places tried; a unit of several tasks may go to any team."""
    if a.unit_start[u + 1] - a.unit_start[u] == 1:
        return insert_alone(a, s, a.unit_tasks[a.unit_start[u]], open_teams, most, blink, rng)
    starts = common_starts(a, s, u)
    step = max(1, starts.shape[0] // START_TRIALS)
    first = int(rng.integers(0, step))
    n = 0
    costs = np.full(starts.shape[0] // step + 1, NO_PLACE)
    where = np.zeros(costs.shape[0], np.int64)
    teams = np.empty(a.unit_start[u + 1] - a.unit_start[u], np.int64)
    positions = np.empty_like(teams)
    for x in range(first, starts.shape[0], step):
        if n > 0 and where[n - 1] == starts[x]:
            continue
        where[n] = starts[x]
        costs[n] = _together(a, s, u, starts[x], teams, positions, blink, 0.0, rng)
        n += 1
    # Who goes would be the same every time, since places are passed over for the starts only.
    wobble = WOBBLE if blink > 0.0 and rng.random() < WOBBLE_SHARE else 0.0
    for _ in range(COMMIT_TRIALS):
        best = int(np.argmin(costs))
        if costs[best] >= most:
            return False
        costs[best] = NO_PLACE
        if _together(a, s, u, where[best], teams, positions, 0.0, wobble, rng) >= most:
            continue
        for x in range(teams.shape[0]):
            put(a, s, a.unit_tasks[a.unit_start[u] + x], teams[x], positions[x])
        if settle(a, s, u):
            return True
    return False


@compiled
def _together(
    a: Arrays,
    s: State,
    u: int,
    t: int,
    teams: Rows,
    positions: Rows,
    blink: float,
    wobble: float,
    rng: np.random.Generator,
) -> float:
    """Cost of all tasks of unit u if its first node starts at t, each in a team of its own; where they would go."""
    total = 0.0
    first = int(a.unit_start[u])
    node, lo, hi = NONE, t, t
    for x in range(first, a.unit_start[u + 1]):
        i = int(a.unit_tasks[x])
        if a.task[i].node != node:
            node = int(a.task[i].node)
            lo, hi = (t, t) if x == first else _within_links(a, s, u, x, t, teams, positions)
            if a.node_start[node + 1] - a.node_start[node] > 1:
                lo = start_after(a, i, lo)
                if lo == NONE or lo > hi:
                    return NO_PLACE
                hi = lo
        best_k, best_p, best_cost, least = NONE, NONE, NO_PLACE, NO_PLACE
        for k in range(a.crew.shape[0]):
            # The call alone costs more than this question, and most teams of a city may not fill the slot.
            taken = s.service[k, i] == FORBIDDEN
            for y in range(x - first):
                taken = taken or teams[y] == k
            if taken:
                continue
            p, cost = best_place(a, s, i, k, lo, hi, blink, rng)
            told = cost if wobble == 0.0 else cost * (1.0 + wobble * rng.random())
            if p != NONE and told < least:
                best_k, best_p, best_cost, least = k, p, cost, told
        if best_k == NONE:
            return NO_PLACE
        teams[x - first], positions[x - first] = best_k, best_p
        total += best_cost - a.travel_cost * s.service[best_k, i]
    return total


@compiled
def _within_links(a: Arrays, s: State, u: int, x: int, t: int, teams: Rows, positions: Rows) -> tuple[int, int]:
    """When the node of the unit's task x may start, by its links to the nodes that have their places already."""
    first = int(a.unit_start[u])
    lo, hi = -LATEST, LATEST
    v = int(a.task[a.unit_tasks[x]].node)
    for y in range(a.link_start[v], a.link_start[v + 1]):
        for z in range(x - first):
            j = int(a.unit_tasks[first + z])
            if a.task[j].node != a.link[y].to:
                continue
            before = teams[z]
            place = a.crew[before].base if positions[z] == 0 else s.stop[before, positions[z] - 1].at
            ready = free_before(a, s, before, positions[z]) + way(a, before, place, a.task[j].place)
            start = t if a.task[j].node == a.task[a.unit_tasks[first]].node else max(t, start_after(a, j, ready))
            lo, hi = max(lo, start - a.link[y].hi), min(hi, start - a.link[y].lo)
    return lo, hi


@compiled
def common_starts(a: Arrays, s: State, u: int) -> Rows:
    """
    The times at which some team could first start some task of unit u, ascending.

    A common start between two of them only makes teams wait: nobody could come who could not at the one before.
    """
    n_places = 0
    for k in range(a.crew.shape[0]):
        n_places += s.crew[k].length + 1
    starts = np.empty((a.unit_start[u + 1] - a.unit_start[u]) * n_places, np.int64)
    n = 0
    for x in range(a.unit_start[u], a.unit_start[u + 1]):
        i = int(a.unit_tasks[x])
        for k in range(a.crew.shape[0]):
            if s.service[k, i] == FORBIDDEN:
                continue
            for p in range(s.crew[k].length + 1):
                before = a.crew[k].base if p == 0 else s.stop[k, p - 1].at
                start = start_after(a, i, free_before(a, s, k, p) + way(a, k, before, a.task[i].place))
                if start == NONE:
                    break
                starts[n] = start
                n += 1
    return np.sort(starts[:n])
