"""
Synchronised insertion of a unit: all slots of a visit at a common start, at least cost; compiled.

The positions of each team slot are found once, and tried for many starts.
"""

import numpy as np

from geodata.array_types import Bools, Int64s
from geodata.compiled_random_integers import drawn_below
from geodata.numba_options import compiled, compiled_internal, inner_with_arrays
from sweep.plan.kernel.duty_times import update_duty_times
from sweep.plan.kernel.insertion import NO_PLACE, insert_alone, update_times
from sweep.plan.kernel.problem_arrays import NONE, Arrays, Table
from sweep.plan.kernel.route_times import first_start
from sweep.plan.kernel.search_parameters import PARAMETERS
from sweep.plan.kernel.search_state import SearchState, fits_caps, insert_task
from sweep.plan.kernel.synchronised_places import Randomisation, Slots, cost_at_start, find_positions


@compiled
def insert_unit(
    a: Arrays, s: SearchState, u: int, open_teams: Bools, most: float, blink: float, rng: np.random.Generator
) -> bool:
    """
    Update waiting and idle times, insert unit u (linked visits) at least cost, and return whether it was inserted.

    `open_teams`: teams tried. `most`: limit of the cost, without service time. `blink`: share of positions skipped.
    """
    update_duty_times(a, s)
    return insert_with_current_times(a, s, u, open_teams, most, blink, rng)


@inner_with_arrays
def insert_with_current_times(
    a: Arrays, s: SearchState, u: int, open_teams: Bools, most: float, blink: float, rng: np.random.Generator
) -> bool:
    """
    Insert the whole unit u (linked visits) at its cheapest positions in the open teams; return whether it was inserted.

    `open_teams` marks teams whose routes may change. The unit's cost, in units of value and without its service time,
    must be below `most`. While a start is chosen, each position is skipped with probability `blink`. Call
    `update_duty_times` first. On False the routes are unchanged.
    """
    if s.cap.shape[0] > 0 and not fits_caps(a, s, u):
        return False
    first = int(a.units[u].task_from)
    n_slots = int(a.units[u].task_to) - first
    if n_slots == 1:
        return insert_alone(a, s, a.task[first].of_unit, open_teams, most, blink, rng)
    slots = find_positions(a, s, u, open_teams)
    if (slots.begin[1:] == slots.begin[:-1]).any():
        return False
    starts = _starts(a, u, slots)
    step = max(1, starts.shape[0] // PARAMETERS.start_trials)
    n = 0
    costs = np.full(starts.shape[0] // step + 1, NO_PLACE)
    where, lowest = np.zeros(costs.shape[0], np.int64), np.full(PARAMETERS.commit_trials, NO_PLACE)
    for x in range(drawn_below(rng, step), starts.shape[0], step):
        if n > 0 and where[n - 1] == starts[x]:
            continue
        where[n] = starts[x]
        costs[n] = cost_at_start(a, s, u, starts[x], slots, lowest.max(), Randomisation(blink, 0.0, rng))
        if costs[n] < lowest.max():
            lowest[np.argmax(lowest)] = costs[n]
        n += 1
    # Blinks apply to the choice of the start only, so the teams would be the same every time.
    wobble = PARAMETERS.wobble if blink > 0.0 and rng.random() < PARAMETERS.wobble_share else 0.0
    if n > 0 and blink > 0.0 and costs.min() == NO_PLACE and rng.random() < PARAMETERS.drawn_share:
        return _insert_drawn(a, s, u, where[:n], most, slots, rng)
    for _ in range(PARAMETERS.commit_trials):
        best = int(np.argmin(costs))
        if costs[best] >= most:
            return False
        costs[best] = NO_PLACE
        if cost_at_start(a, s, u, where[best], slots, NO_PLACE, Randomisation(0.0, wobble, rng)) >= most:
            continue
        if _put_chosen(a, s, u, slots.choice):
            return True
    return False


@inner_with_arrays
def _starts(a: Arrays, u: int, slots: Slots) -> Int64s:
    """
    Return candidate start times of unit u's first visit, ascending, in seconds after midnight.

    At each of them a position becomes feasible or a window opens. A start between two of them makes no further slot
    possible and only adds waiting.
    """
    begin, place, n_slots = slots.begin, slots.place, slots.choice.shape[0]
    first, head = int(a.units[u].task_from), int(a.units[u].first)
    starts, n = np.empty(2 * (place.shape[0] + n_slots * (a.window.shape[1] - 1)), np.int64), 0
    for x in range(n_slots):
        i = int(a.task[first + x].of_unit)
        ahead = _most_ahead(a, int(a.task[head].node), int(a.task[i].node))
        for q in range(begin[x], begin[x + 1]):
            n = _add_start(a, head, place[q].lo, ahead, starts, n)
        for w in range(1, a.window.shape[1]):
            if a.window[i, w].lo <= a.window[i, w].hi:
                n = _add_start(a, head, a.window[i, w].lo, ahead, starts, n)
    return np.sort(starts[:n])


@compiled_internal
def _most_ahead(a: Arrays, head: int, v: int) -> int:
    """Return the most seconds by which visit `head` may start before visit v by their link; 0 without a link."""
    for y in range(a.nodes[head].link, a.nodes[head + 1].link):
        if a.link[y].to == v:
            return int(a.link[y].hi)
    return 0


@compiled_internal
def _add_start(a: Arrays, head: int, t: int, ahead: int, starts: Int64s, n: int) -> int:
    for earlier in (0, ahead):
        start = first_start(a, head, t - earlier)
        # With three linked visits the earliest start of a second one may make the third too late.
        if start != NONE and (n == 0 or starts[n - 1] != start):
            starts[n] = start
            n += 1
    return n


@inner_with_arrays
def _insert_drawn(
    a: Arrays, s: SearchState, u: int, starts: Int64s, most: float, slots: Slots, rng: np.random.Generator
) -> bool:
    for _ in range(PARAMETERS.drawn_trials):
        t = starts[drawn_below(rng, starts.shape[0])]
        if cost_at_start(a, s, u, t, slots, NO_PLACE, Randomisation(PARAMETERS.drawn_blink, 0.0, rng)) < most:
            return _put_chosen(a, s, u, slots.choice)
    return False


@compiled_internal
def _put_chosen(a: Arrays, s: SearchState, u: int, choice: Table) -> bool:
    for x in range(choice.shape[0]):
        i = int(a.task[a.units[u].task_from + x].of_unit)
        insert_task(a, s, i, choice[x].team, choice[x].pos + _n_put_before(choice, x))
    return update_times(a, s, u)


@compiled_internal
def _n_put_before(choice: Table, x: int) -> int:
    mine, n = choice[x], 0
    for y in range(x):
        is_before = choice[y].pos < mine.pos or (choice[y].pos == mine.pos and choice[y].start <= mine.start)
        n += int(choice[y].team == mine.team and is_before)
    return n
