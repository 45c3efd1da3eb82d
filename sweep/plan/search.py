"""
Ruin and recreate over routes of tasks, compiled.

A solution is one route a team. Each round takes strings of stops near each other out and puts units back in by
worth per second, a unit (a visit with all its slots, or a link group) whole or not at all. Inserting one task is
tested in constant time from earliest and latest starts. A unit of several tasks gets a common start first: its
tasks' windows are pinned to it while the unit is in, which keeps the test of all later insertions constant too.

References
----------
Christiaens and Vanden Berghe 2020, Slack induction by string removals for vehicle routing problems.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from sweep.compiled import compiled
from sweep.plan.arrays import FORBIDDEN, Arrays

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]

NONE = -1
LATEST = 1 << 40
# Weight of a second of travel against a unit of value: breaks ties, never more than a millionth find a day.
TRAVEL_WEIGHT = 1e-9
# Share of insertion places that are passed over by chance, so that the greedy fill does not repeat itself.
BLINK = 0.02
# Share of rounds in which every unit is tried everywhere, since a blink or a start drawn by chance may have missed.
ALL_OPEN = 0.05
# Mean stops taken out a round, and most from one route.
MEAN_REMOVED, MAX_STRING = 8, 5
# Common starts tried for a unit of several tasks, about.
START_TRIALS = 16


class State(NamedTuple):
    """Routes and the times that make insertion constant; changed in place by the search only."""

    route: Ints
    """Tasks in order, (teams, longest)."""
    length: Ints
    """(teams,)."""
    team: Ints
    """Team of each task or NONE, (tasks,)."""
    pin_lo: Ints
    """Earliest start that its unit allows, (tasks,)."""
    pin_hi: Ints
    earliest: Ints
    """Earliest start of each stop, (teams, longest)."""
    latest: Ints
    """Latest start of each stop from which the rest can still be kept, (teams, longest)."""


def empty_state(arrays: Arrays) -> State:
    """No task anywhere."""
    n_tasks, n_teams = arrays.service.shape
    longest = max(1, min(n_tasks, 64))
    shape = (n_teams, longest)
    return State(
        route=np.full(shape, NONE, np.int64),
        length=np.zeros(n_teams, np.int64),
        team=np.full(n_tasks, NONE, np.int64),
        pin_lo=np.zeros(n_tasks, np.int64),
        pin_hi=np.full(n_tasks, LATEST, np.int64),
        earliest=np.zeros(shape, np.int64),
        latest=np.zeros(shape, np.int64),
    )


def copy_state(state: State) -> State:
    """A state that shares no memory with the other."""
    return State(*(part.copy() for part in state))


@compiled
def assign_state(to: State, source: State) -> None:
    """Make `to` equal to `source`."""
    to.route[:] = source.route
    to.length[:] = source.length
    to.team[:] = source.team
    to.pin_lo[:] = source.pin_lo
    to.pin_hi[:] = source.pin_hi
    to.earliest[:] = source.earliest
    to.latest[:] = source.latest


@compiled
def start_after(a: Arrays, s: State, i: int, t: int) -> int:
    """The first allowed start of task i at or after t, NONE if there is none."""
    t = max(t, s.pin_lo[i])
    for w in range(a.window_lo.shape[1]):
        if a.window_hi[i, w] >= t and a.window_lo[i, w] <= a.window_hi[i, w]:
            start = max(t, a.window_lo[i, w])
            return start if start <= s.pin_hi[i] else NONE
    return NONE


@compiled
def start_before(a: Arrays, s: State, i: int, t: int) -> int:
    """The last allowed start of task i at or before t, NONE if there is none."""
    t = min(t, s.pin_hi[i])
    for w in range(a.window_lo.shape[1] - 1, -1, -1):
        if a.window_lo[i, w] <= t and a.window_lo[i, w] <= a.window_hi[i, w]:
            start = min(t, a.window_hi[i, w])
            return start if start >= s.pin_lo[i] else NONE
    return NONE


@compiled
def refresh(a: Arrays, s: State, k: int) -> bool:
    """Times of team k's route anew; whether it can be kept."""
    t, place = a.shift_lo[k], a.base[k]
    for p in range(s.length[k]):
        i = s.route[k, p]
        start = start_after(a, s, i, t + a.travel[place, a.place[i]])
        if start == NONE:
            return False
        s.earliest[k, p] = start
        t, place = start + a.service[i, k], a.place[i]
    if t + a.travel[place, a.base[k]] > a.shift_hi[k] and s.length[k] > 0:
        return False
    t, place = a.shift_hi[k], a.base[k]
    for p in range(s.length[k] - 1, -1, -1):
        i = s.route[k, p]
        start = start_before(a, s, i, t - a.travel[a.place[i], place] - a.service[i, k])
        if start == NONE:
            return False
        s.latest[k, p] = start
        t, place = start, a.place[i]
    return True


@compiled
def best_place(a: Arrays, s: State, i: int, k: int, blink: float, rng: np.random.Generator) -> tuple[int, int]:
    """Where in team k's route task i costs the fewest seconds: (position or NONE, cost)."""
    service = a.service[i, k]
    n = s.length[k]
    best, best_cost = NONE, LATEST
    if service == FORBIDDEN or n >= s.route.shape[1]:
        return best, best_cost
    here, base = a.place[i], a.base[k]
    # Before the first stop that may start after this one is over at the soonest there is no room.
    first, soonest = 0, max(a.window_lo[i, 0], s.pin_lo[i]) + service
    while first < n and s.latest[k, first] < soonest:
        first += 1
    for p in range(first, n + 1):
        before = base if p == 0 else a.place[s.route[k, p - 1]]
        free = a.shift_lo[k] if p == 0 else s.earliest[k, p - 1] + a.service[s.route[k, p - 1], k]
        start = start_after(a, s, i, free + a.travel[before, here])
        if start == NONE:
            break
        after = base if p == n else a.place[s.route[k, p]]
        limit = a.shift_hi[k] if p == n else s.latest[k, p]
        if start + service + a.travel[here, after] > limit:
            continue
        cost = service + a.travel[before, here] + a.travel[here, after]
        if n > 0:
            cost -= a.travel[before, after]
        if cost < best_cost and (blink == 0.0 or rng.random() >= blink):
            best, best_cost = p, cost
    return best, best_cost


@compiled
def put(a: Arrays, s: State, i: int, k: int, p: int) -> None:
    """Insert task i into team k's route at position p; the caller has tested that it fits."""
    for q in range(s.length[k], p, -1):
        s.route[k, q] = s.route[k, q - 1]
    s.route[k, p] = i
    s.length[k] += 1
    s.team[i] = k
    refresh(a, s, k)


@compiled
def take_unit(a: Arrays, s: State, u: int) -> int:
    """Take all tasks of unit u out and free their starts; how many were in."""
    n = 0
    for x in range(a.unit_start[u], a.unit_start[u + 1]):
        i = a.unit_tasks[x]
        s.pin_lo[i], s.pin_hi[i] = 0, LATEST
        k = s.team[i]
        if k == NONE:
            continue
        p = 0
        while s.route[k, p] != i:
            p += 1
        for q in range(p, s.length[k] - 1):
            s.route[k, q] = s.route[k, q + 1]
        s.length[k] -= 1
        s.route[k, s.length[k]] = NONE
        s.team[i] = NONE
        n += 1
        refresh(a, s, k)
    return n


@compiled
def insert_single(
    a: Arrays, s: State, i: int, open_teams: NDArray[np.bool_], blink: float, rng: np.random.Generator
) -> bool:
    """Put a lone task where it costs the fewest seconds over the open teams; whether there was a place."""
    best_k, best_p, best_cost = NONE, NONE, LATEST
    for k in range(a.base.shape[0]):
        if not open_teams[k]:
            continue
        p, cost = best_place(a, s, i, k, blink, rng)
        if p != NONE and cost < best_cost:
            best_k, best_p, best_cost = k, p, cost
    if best_k == NONE:
        return False
    put(a, s, i, best_k, best_p)
    return True


@compiled
def insert_together(a: Arrays, s: State, u: int, t: int, blink: float, rng: np.random.Generator) -> int:
    """Put all tasks of unit u, starting from t on within the tolerance; the seconds taken, or LATEST and none in."""
    total = 0
    _pin(a, s, u, t)
    for x in range(a.unit_start[u], a.unit_start[u + 1]):
        i = a.unit_tasks[x]
        best_k, best_p, best_cost = NONE, NONE, LATEST
        for k in range(a.base.shape[0]):
            taken = False
            for y in range(a.unit_start[u], x):
                taken = taken or s.team[a.unit_tasks[y]] == k
            if taken:
                continue
            p, cost = best_place(a, s, i, k, blink, rng)
            if p != NONE and cost < best_cost:
                best_k, best_p, best_cost = k, p, cost
        if best_k == NONE:
            take_unit(a, s, u)
            return LATEST
        put(a, s, i, best_k, best_p)
        total += best_cost
    return total


@compiled
def insert_unit(
    a: Arrays, s: State, u: int, open_teams: NDArray[np.bool_], blink: float, rng: np.random.Generator
) -> bool:
    """Put unit u in, whole, where it costs least of the places tried; a unit of several tasks may go to any team."""
    first = a.unit_tasks[a.unit_start[u]]
    if a.unit_start[u + 1] - a.unit_start[u] == 1:
        return insert_single(a, s, first, open_teams, blink, rng)
    best_t, best_cost, tried = NONE, LATEST, NONE
    starts = _common_starts(a, s, u)
    step = max(1, starts.shape[0] // START_TRIALS)
    for x in range(int(rng.integers(0, step)), starts.shape[0], step):
        t = int(starts[x])
        if t == tried:
            continue
        tried = t
        cost = insert_together(a, s, u, t, 0.0, rng)
        if cost < LATEST:
            take_unit(a, s, u)
            if cost < best_cost:
                best_t, best_cost = t, cost
    return best_t != NONE and insert_together(a, s, u, best_t, 0.0, rng) < LATEST


@compiled
def _common_starts(a: Arrays, s: State, u: int) -> Ints:
    """
    The times at which some team could first start some task of unit u, ascending.

    A common start between two of them only makes teams wait: nobody could come who could not at the one before.
    """
    starts = np.empty((a.unit_start[u + 1] - a.unit_start[u]) * int(s.length.sum() + a.base.shape[0]), np.int64)
    n = 0
    for x in range(a.unit_start[u], a.unit_start[u + 1]):
        i = a.unit_tasks[x]
        for k in range(a.base.shape[0]):
            if a.service[i, k] == FORBIDDEN:
                continue
            t, place = a.shift_lo[k], a.base[k]
            for p in range(s.length[k] + 1):
                start = start_after(a, s, i, t + a.travel[place, a.place[i]])
                if start == NONE:
                    break
                starts[n] = start
                n += 1
                if p < s.length[k]:
                    j = s.route[k, p]
                    t, place = s.earliest[k, p] + a.service[j, k], a.place[j]
    return np.sort(starts[:n])


@compiled
def compact(a: Arrays, s: State) -> None:
    """Let units of several tasks start as soon as their teams can all be there; what follows may then move up too."""
    n_units = a.worth.shape[0]
    start = np.full(n_units, LATEST, np.int64)
    for u in range(n_units):
        i = a.unit_tasks[a.unit_start[u]]
        if a.unit_start[u + 1] - a.unit_start[u] > 1 and s.team[i] != NONE:
            start[u] = s.pin_lo[i]
    order = np.argsort(start)
    for y in range(n_units):
        u = int(order[y])
        if start[u] == LATEST:
            return
        soonest = _soonest(a, s, u)
        if soonest < start[u]:
            _pin(a, s, u, soonest)
            kept = True
            for x in range(a.unit_start[u], a.unit_start[u + 1]):
                kept = refresh(a, s, s.team[a.unit_tasks[x]]) and kept
            if not kept:
                _pin(a, s, u, start[u])
                for x in range(a.unit_start[u], a.unit_start[u + 1]):
                    refresh(a, s, s.team[a.unit_tasks[x]])


@compiled
def _pin(a: Arrays, s: State, u: int, t: int) -> None:
    for x in range(a.unit_start[u], a.unit_start[u + 1]):
        i = a.unit_tasks[x]
        s.pin_lo[i], s.pin_hi[i] = t, (t if a.is_exact[i] else t + a.tolerance)


@compiled
def _soonest(a: Arrays, s: State, u: int) -> int:
    """The first start of unit u, by where its tasks stand in the routes; LATEST if a window forbids it."""
    last, slack = 0, a.tolerance
    for x in range(a.unit_start[u], a.unit_start[u + 1]):
        i = a.unit_tasks[x]
        k, p = s.team[i], 0
        while s.route[k, p] != i:
            p += 1
        t, place = a.shift_lo[k], a.base[k]
        if p > 0:
            j = s.route[k, p - 1]
            t, place = s.earliest[k, p - 1] + a.service[j, k], a.place[j]
        s.pin_lo[i], hi = 0, s.pin_hi[i]
        s.pin_hi[i] = LATEST
        soonest = start_after(a, s, i, t + a.travel[place, a.place[i]])
        s.pin_lo[i], s.pin_hi[i] = hi - (0 if a.is_exact[i] else a.tolerance), hi
        if soonest == NONE:
            return LATEST
        last = max(last, soonest)
        slack = 0 if a.is_exact[i] else slack
    return last - slack


@compiled
def score(a: Arrays, s: State) -> float:
    """Worth of the units that are in, less a trace of travel."""
    total = 0.0
    for u in range(a.worth.shape[0]):
        if s.team[a.unit_tasks[a.unit_start[u]]] != NONE:
            total += a.worth[u]
    travel = 0
    for k in range(a.base.shape[0]):
        place = a.base[k]
        for p in range(s.length[k]):
            here = a.place[s.route[k, p]]
            travel += a.travel[place, here]
            place = here
        travel += a.travel[place, a.base[k]]
    return total - TRAVEL_WEIGHT * travel


@compiled
def ruin(
    a: Arrays, s: State, open_teams: NDArray[np.bool_], is_loose: NDArray[np.bool_], rng: np.random.Generator
) -> None:
    """Take out strings of stops near a place chosen by chance; mark the teams and units that were touched."""
    open_teams[:] = False
    is_loose[:] = False
    n_tasks = a.place.shape[0]
    centre = rng.integers(0, n_tasks)
    to_remove = int(rng.integers(1, 2 * MEAN_REMOVED))
    for x in range(n_tasks):
        if to_remove <= 0:
            return
        i = a.near[centre, x]
        k = s.team[i]
        if k == NONE or open_teams[k]:
            continue
        open_teams[k] = True
        n = s.length[k]
        size = min(int(rng.integers(1, MAX_STRING + 1)), n)
        p = 0
        while s.route[k, p] != i:
            p += 1
        start = max(0, min(p - int(rng.integers(0, size)), n - size))
        units = np.empty(size, np.int64)
        for q in range(size):
            units[q] = a.unit[s.route[k, start + q]]
        for q in range(size):
            for y in range(a.unit_start[units[q]], a.unit_start[units[q] + 1]):
                if s.team[a.unit_tasks[y]] != NONE:
                    open_teams[s.team[a.unit_tasks[y]]] = True
            is_loose[units[q]] = True
            to_remove -= int(take_unit(a, s, units[q]))


@compiled
def recreate(
    a: Arrays,
    s: State,
    seconds: Ints,
    open_teams: NDArray[np.bool_],
    is_loose: NDArray[np.bool_],
    rng: np.random.Generator,
) -> None:
    """
    Put units back, in an order drawn by worth, by worth per second, or by chance.

    A unit that was out before the ruin found no place in a route that the ruin left alone: it is tried in the others.
    """
    n = 0
    units = np.empty(a.worth.shape[0], np.int64)
    key = np.empty(a.worth.shape[0], np.float64)
    mode = rng.integers(0, 4)
    for u in range(a.worth.shape[0]):
        if s.team[a.unit_tasks[a.unit_start[u]]] != NONE:
            continue
        noise = 0.5 + rng.random()
        units[n] = u
        if mode == 0:
            key[n] = -a.worth[u] * noise
        elif mode == 3:
            key[n] = rng.random() if a.worth[u] < 500.0 else -1.0
        else:
            key[n] = -a.worth[u] / seconds[u] * noise
        n += 1
    every = np.ones(a.base.shape[0], np.bool_)
    all_open = rng.random() < ALL_OPEN
    order = np.argsort(key[:n])
    for x in range(n):
        u = units[order[x]]
        insert_unit(a, s, u, every if all_open or is_loose[u] else open_teams, BLINK, rng)


@compiled
def improve(
    a: Arrays,
    now: State,
    best: State,
    seconds: Ints,
    hot: float,
    cold: float,
    n_rounds: int,
    rng: np.random.Generator,
) -> None:
    """
    Run so many rounds of ruin and recreate with simulated annealing; `now` and `best` are changed in place.

    Parameters
    ----------
    seconds
        Least service seconds of each unit, shape (units,), for the order of insertion.
    hot, cold
        Temperatures at the first and last round, in units of worth.
    """
    trial = State(
        now.route.copy(), now.length.copy(), now.team.copy(), now.pin_lo.copy(), now.pin_hi.copy(),
        now.earliest.copy(), now.latest.copy(),
    )  # fmt: skip
    open_teams = np.zeros(a.base.shape[0], np.bool_)
    is_loose = np.zeros(a.worth.shape[0], np.bool_)
    has_together = a.unit_tasks.shape[0] > a.worth.shape[0]
    now_score, best_score = score(a, now), score(a, best)
    for r in range(n_rounds):
        assign_state(trial, now)
        ruin(a, trial, open_teams, is_loose, rng)
        if has_together:
            compact(a, trial)
        recreate(a, trial, seconds, open_teams, is_loose, rng)
        if has_together:
            compact(a, trial)
        trial_score = score(a, trial)
        heat = hot * (cold / hot) ** (r / n_rounds)
        if trial_score >= now_score + heat * np.log(max(rng.random(), 1e-12)):
            assign_state(now, trial)
            now_score = trial_score
            if trial_score > best_score:
                assign_state(best, trial)
                best_score = trial_score
