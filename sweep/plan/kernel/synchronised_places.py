"""Candidate positions of a unit's team slots, and their cheapest combination for a common start; compiled."""

from typing import NamedTuple

import numpy as np

from geodata.array_types import Bools, Float64s, Int64s
from geodata.numba_options import compiled_internal, inner_with_arrays
from sweep.plan.kernel.insertion import NO_PLACE, behind_break
from sweep.plan.kernel.penalties import penalty_rise, soft_from
from sweep.plan.kernel.problem_arrays import FORBIDDEN, LATEST, NONE, Arrays, Table, row_of
from sweep.plan.kernel.route_times import first_start, free_before, travel_time
from sweep.plan.kernel.search_state import SearchState

# Position `pos` in the route of `team`: start in [`lo`, `hi`], following leg `leg`, additional travel and service
# `seconds`, cost `cost`, and `least`, a lower bound on the cost with soft costs.
PLACE = row_of("team pos lo hi leg seconds", ("cost", np.float64), ("least", np.float64))
# Choice for a slot.
CHOICE = row_of("team pos start")


class Slots(NamedTuple):
    """Slots of one unit, each for one team: candidate positions in routes, and the position chosen for each slot."""

    begin: Int64s
    """Candidate positions of slot x are rows begin[x] .. begin[x + 1] - 1 of `place`, (slots + 1,)."""
    place: Table
    """Candidate positions with the fields of `PLACE`, each computed as if its slot were inserted alone."""
    order: Int64s
    """Rows of `place`, ordered within each slot by ascending `least`, (places,)."""
    spare: Float64s
    """
    Amount by which the cost of each slot may exceed what is left of the unit's cost limit, (slots,).

    It is the slot's largest service cost, which the limit excludes, less the least costs of the later slots.
    """
    choice: Table
    """Chosen position of each slot with the fields of `CHOICE`, (slots,); changed in place."""


class Randomisation(NamedTuple):
    """Random skips and cost errors in the choice of positions, so that repeated insertions of a unit differ."""

    blink: float
    """Blink rate: share of the positions that are skipped."""
    wobble: float
    """Largest relative random increase of costs."""
    rng: np.random.Generator


@inner_with_arrays
def find_positions(a: Arrays, s: SearchState, u: int, open_teams: Bools) -> Slots:
    """Return the feasible positions of each slot of unit u in routes of `open_teams`; `Slots.choice` is not yet set."""
    first, n_slots = int(a.units[u].task_from), int(a.units[u].task_to - a.units[u].task_from)
    most = 0
    for x in range(n_slots):
        for k in range(a.team.shape[0]):
            if open_teams[k] and s.service[k, a.task[first + x].of_unit] != FORBIDDEN:
                most += s.team[k].length + 1
    begin, places, n = np.zeros(n_slots + 1, np.int64), np.empty(most, PLACE), 0
    for x in range(n_slots):
        i = int(a.task[first + x].of_unit)
        for k in range(a.team.shape[0]):
            # The call costs more than this test, and most teams of a city may not fill the slot.
            if open_teams[k] and s.service[k, i] != FORBIDDEN:
                n = _places_of_team(a, s, i, k, places, n)
        begin[x + 1] = n
    order, least, spare, later = np.empty(n, np.int64), np.empty(n), np.empty(n_slots), 0.0
    for x in range(n_slots - 1, -1, -1):
        i = int(a.task[first + x].of_unit)
        inside, cheapest = 0.0, NO_PLACE
        for q in range(begin[x], begin[x + 1]):
            least[q], service = places[q].least, a.travel_cost * s.service[places[q].team, i]
            inside, cheapest = max(inside, service), min(cheapest, least[q] - service)
        spare[x], later = inside - later, later + cheapest
        order[begin[x] : begin[x + 1]] = begin[x] + np.argsort(least[begin[x] : begin[x + 1]])
    return Slots(begin, places[:n], order, spare, np.empty(n_slots, CHOICE))


@compiled_internal
def _places_of_team(a: Arrays, s: SearchState, i: int, k: int, places: Table, n: int) -> int:
    # As in `place_in_route`, but inlined: with a shared function per position both took twice as long.
    service, length = int(s.service[k, i]), int(s.team[k].length)
    if service + a.task[i].least_legs > s.team[k].widest or length >= s.stop.shape[1]:
        return n
    here = int(a.task[i].place)
    loss = a.extra[a.task[i].lost + a.team[k].day].loss if a.is_daily else 0.0
    for p in range(length + 1):
        before = int(a.team[k].base if p == 0 else s.stop[k, p - 1].at)
        to_here = travel_time(a, before, here)
        lo = first_start(a, i, free_before(a, s, k, p) + to_here)
        if lo == NONE:
            break
        after, limit, saved = a.team[k].end, a.team[k].shift_hi, s.team[k].home
        if p < length:
            after, limit, saved = s.stop[k, p].at, s.fill[s.stop[k, p].task].late, s.stop[k, p].leg
            if a.team[k].break_task == s.stop[k, p].task:
                after, limit = behind_break(a, s, k, p, here)
                saved = travel_time(a, before, after) if p + 1 < length else s.team[k].home
        leg = travel_time(a, here, after)
        if lo + service + leg > limit:
            continue
        place = places[n]
        place.team, place.pos, place.lo, place.hi, place.leg = k, p, lo, limit - leg - service, leg
        place.seconds = service + to_here + leg - saved
        place.cost = a.travel_cost * place.seconds + loss
        place.least = place.cost
        if a.is_soft:
            place.least += soft_from(a, s, i, k, p, lo, lo + service + leg, place.seconds)
        n += 1
    return n


@compiled_internal
def cost_at_start(a: Arrays, s: SearchState, u: int, t: int, slots: Slots, most: float, chance: Randomisation) -> float:
    """
    Return the cost, without service time, of inserting unit u with its first visit at `t`; inf if infeasible.

    A cost of `most` or more may also become inf. `t`: seconds after midnight. `chance`: random skips and cost changes.
    The chosen positions are written to `slots.choice`.
    """
    total, before = 0.0, 0.0
    first, n_slots = int(a.units[u].task_from), slots.choice.shape[0]
    node, lo, hi, is_shared = NONE, t, t, False
    # Maximum number of delays of the start of a visit until all chosen teams can be there.
    x, head, n_left = 0, 0, 4
    while x < n_slots:
        i = int(a.task[first + x].of_unit)
        if a.task[i].node != node:
            node, head, before = int(a.task[i].node), x, total
            lo, hi = (t, t) if x == 0 else _within_links(a, u, x, slots.choice)
            is_shared = a.nodes[node + 1].task - a.nodes[node].task > 1
            if is_shared:
                lo = first_start(a, i, lo)
                if lo == NONE or lo > hi:
                    return NO_PLACE
        cost = _choose(a, s, i, x, lo, hi, slots, most - total + slots.spare[x], chance)
        if cost == NO_PLACE:
            return NO_PLACE
        total += cost - a.travel_cost * s.service[slots.choice[x].team, i]
        x += 1
        if is_shared and slots.choice[x - 1].start > lo:
            # The start waits for the last team; another one may then be cheaper.
            x, total, lo, n_left = head, before, slots.choice[x - 1].start, n_left - 1
            if n_left == 0:
                return NO_PLACE
    return total


@compiled_internal
def _choose(
    a: Arrays, s: SearchState, i: int, x: int, lo: int, hi: int, slots: Slots, most: float, chance: Randomisation
) -> float:
    """
    Choose the cheapest position of task i (slot x of its unit), with a start in [lo, hi], given earlier slots' choices.

    Write the position to row x of `slots.choice` and return its cost; NO_PLACE if every position costs `most` or more.
    `chance`: random skips and cost errors.
    """
    choice, wobble = slots.choice, chance.wobble
    best_cost, least = NO_PLACE, most
    for q in slots.order[slots.begin[x] : slots.begin[x + 1]]:
        place = slots.place[q]
        if place.least >= least:
            break
        if place.lo > hi or place.hi < lo:
            continue
        k, start = place.team, first_start(a, i, max(lo, place.lo))
        for y in range(x):
            if choice[y].team == k and start != NONE:
                start = _start_in_shared_route(a, s, i, start, place, choice, x, y)
        if start == NONE or start > min(hi, place.hi):
            continue
        cost = place.cost
        if a.is_soft:
            free = start + s.service[k, i] + place.leg
            cost += penalty_rise(a, s, i, k, place.pos, start, free, place.seconds, least - cost)
        apparent = cost if wobble == 0.0 else cost * (1.0 + wobble * chance.rng.random())
        if apparent < least and (chance.blink == 0.0 or chance.rng.random() >= chance.blink):
            choice[x].team, choice[x].pos, choice[x].start = k, place.pos, start
            best_cost, least = cost, apparent
    return best_cost


@compiled_internal
def _start_in_shared_route(
    a: Arrays, s: SearchState, i: int, start: int, place: Table, choice: Table, x: int, y: int
) -> int:
    """
    Return the first start of task i (slot x of its unit) at or after `start`, if its team also fills slot y.

    `place`: candidate position of the task. A team can fill both slots only if their starts are far enough apart; NONE
    if it cannot.
    """
    k, first, other = place.team, int(a.units[a.task[i].unit].task_from), choice[y]
    j = int(a.task[first + y].of_unit)
    if a.task[i].node == a.task[j].node or _need_different_teams(a, i, j) or not _route_has_room(s, k, choice, x):
        return NONE
    here, there = int(a.task[i].place), int(a.task[j].place)
    if place.pos <= other.pos and start + s.service[k, i] + travel_time(a, here, there) <= other.start:
        return start
    if place.pos < other.pos:
        return NONE
    return first_start(a, i, max(start, int(other.start + s.service[k, j]) + travel_time(a, there, here)))


@compiled_internal
def _need_different_teams(a: Arrays, i: int, j: int) -> bool:
    v, w = int(a.task[i].node), int(a.task[j].node)
    for y in range(a.nodes[v].link, a.nodes[v + 1].link):  # noqa: SIM110 - numba has no generators in any()
        if a.link[y].to == w and a.link[y].is_apart:
            return True
    return False


@compiled_internal
def _route_has_room(s: SearchState, k: int, choice: Table, x: int) -> bool:
    n = s.team[k].length
    for y in range(x):
        n += choice[y].team == k
    return bool(n < s.stop.shape[1])


@compiled_internal
def _within_links(a: Arrays, u: int, x: int, choice: Table) -> tuple[int, int]:
    """Return the earliest and latest start of slot x's visit that its links to visits already placed allow."""
    first = int(a.units[u].task_from)
    lo, hi = -LATEST, LATEST
    v = int(a.task[a.task[first + x].of_unit].node)
    for y in range(a.nodes[v].link, a.nodes[v + 1].link):
        for z in range(x):
            if a.task[a.task[first + z].of_unit].node == a.link[y].to:
                lo, hi = max(lo, choice[z].start - a.link[y].hi), min(hi, choice[z].start - a.link[y].lo)
    return lo, hi
