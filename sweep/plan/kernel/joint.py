"""
Where the slots of a unit fit at a common start, and at what cost.

The places of each slot are found once, and tried at many starts.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from geodata.arrays import Bools, Int64s
from geodata.compiled import compiled, inner
from sweep.plan.kernel.arrays import FORBIDDEN, LATEST, NONE, Arrays, Table
from sweep.plan.kernel.insertion import NO_PLACE, behind_break, insert_alone, lateness, settle
from sweep.plan.kernel.state import State, fits_caps, put
from sweep.plan.kernel.times import first_start, free_before, way

# Common starts tried for a unit of several tasks, about, and how many of the cheapest are gone through with.
START_TRIALS, COMMIT_TRIALS = 16, 3
# In this share of the insertions of such a unit, costs are taken up to so much too high, drawn for each team.
WOBBLE_SHARE, WOBBLE = 0.1, 1.0
# Position `pos` in the route of `team`, where a slot may start in [`lo`, `hi`] and the leg behind it takes `leg`.
PLACE = np.dtype(
    [
        ("team", np.int64),
        ("pos", np.int64),
        ("lo", np.int64),
        ("hi", np.int64),
        ("leg", np.int64),
        ("cost", np.float64),
    ],
    align=True,
)
# What is chosen for a slot.
CHOICE = np.dtype([("team", np.int64), ("pos", np.int64), ("start", np.int64)], align=True)


class Slots(NamedTuple):
    """The slots x of one unit: where each of them fits, and what is chosen for it."""

    begin: Int64s
    """Places of slot x are rows begin[x] .. begin[x + 1] - 1, (slots + 1,)."""
    place: Table
    """As `PLACE`, other slots aside."""
    choice: Table
    """As `CHOICE`, (slots,); changed in place."""


class Chance(NamedTuple):
    """What is left to chance in a choice."""

    blink: float
    """Share of the places that are passed over."""
    wobble: float
    """Costs are taken up to this share too high."""
    rng: np.random.Generator


@compiled
def insert_unit(
    a: Arrays, s: State, u: int, open_teams: Bools, most: float, blink: float, rng: np.random.Generator
) -> bool:
    """Put unit u in, whole, where it costs least of the places tried; a unit of several tasks may go to any team."""
    if s.cap.shape[0] > 0 and not fits_caps(a, s, u):
        return False
    first = int(a.units[u].task_from)
    n_slots = int(a.units[u].task_to) - first
    if n_slots == 1:
        return insert_alone(a, s, a.task[first].of_unit, open_teams, most, blink, rng)
    begin, place = _places(a, s, u)
    slots = Slots(begin, place, np.empty(n_slots, CHOICE))
    starts = np.sort(place["lo"])
    step = max(1, starts.shape[0] // START_TRIALS)
    n = 0
    costs = np.full(starts.shape[0] // step + 1, NO_PLACE)
    where = np.zeros(costs.shape[0], np.int64)
    # A common start between two of them only makes teams wait: nobody could come who could not at the one before.
    for x in range(int(rng.integers(0, step)), starts.shape[0], step):
        if n > 0 and where[n - 1] == starts[x]:
            continue
        where[n] = starts[x]
        costs[n] = _together(a, s, u, starts[x], slots, Chance(blink, 0.0, rng))
        n += 1
    # Who goes would be the same every time, since places are passed over for the starts only.
    wobble = WOBBLE if blink > 0.0 and rng.random() < WOBBLE_SHARE else 0.0
    for _ in range(COMMIT_TRIALS):
        best = int(np.argmin(costs))
        if costs[best] >= most:
            return False
        costs[best] = NO_PLACE
        if _together(a, s, u, where[best], slots, Chance(0.0, wobble, rng)) >= most:
            continue
        for x in range(n_slots):
            put(a, s, a.task[first + x].of_unit, slots.choice[x].team, slots.choice[x].pos)
        if settle(a, s, u):
            return True
    return False


@inner
def _places(a: Arrays, s: State, u: int) -> tuple[Int64s, Table]:
    """Where each slot of unit u fits: `begin` and `place` of its `Slots`."""
    first, n_slots = int(a.units[u].task_from), int(a.units[u].task_to - a.units[u].task_from)
    most = 0
    for x in range(n_slots):
        for k in range(a.team.shape[0]):
            if s.service[k, a.task[first + x].of_unit] != FORBIDDEN:
                most += s.team[k].length + 1
    begin, places, n = np.zeros(n_slots + 1, np.int64), np.empty(most, PLACE), 0
    for x in range(n_slots):
        i = int(a.task[first + x].of_unit)
        for k in range(a.team.shape[0]):
            # The call alone costs more than this question, and most teams of a city may not fill the slot.
            if s.service[k, i] != FORBIDDEN:
                n = _places_of_team(a, s, i, k, places, n)
        begin[x + 1] = n
    return begin, places[:n]


@inner
def _places_of_team(a: Arrays, s: State, i: int, k: int, places: Table, n: int) -> int:
    """Add the places of task i in team k's route to the n that are there; how many there are then."""
    # As `best_place` asks, but written out: with a shared function a place both took twice as long.
    service, length = int(s.service[k, i]), int(s.team[k].length)
    if service + a.task[i].least_legs > s.team[k].widest or length >= s.stop.shape[1]:
        return n
    if s.team[k].load + a.task[i].load > a.team[k].capacity:
        return n
    here = int(a.task[i].place)
    loss = a.extra[a.task[i].lost + a.team[k].day].loss if a.is_daily else 0.0
    for p in range(length + 1):
        before = int(a.team[k].base if p == 0 else s.stop[k, p - 1].at)
        to_here = way(a, k, before, here)
        lo = first_start(a, i, free_before(a, s, k, p) + to_here)
        if lo == NONE:
            break
        after, limit = a.team[k].end, a.team[k].shift_hi
        if p < length:
            after, limit = s.stop[k, p].at, s.fill[s.stop[k, p].task].late
            if a.team[k].break_task == s.stop[k, p].task:
                after, limit = behind_break(a, s, k, p, here)
        leg = way(a, k, here, after)
        if lo + service + leg > limit:
            continue
        place = places[n]
        place.team, place.pos, place.lo, place.hi, place.leg = k, p, lo, limit - leg - service, leg
        place.cost = a.travel_cost * (service + to_here + leg - way(a, k, before, after)) + loss
        n += 1
    return n


@inner
def _together(a: Arrays, s: State, u: int, t: int, slots: Slots, chance: Chance) -> float:
    """Cost of all tasks of unit u if its first node starts at t, each in a team of its own; choices are filled in."""
    total = 0.0
    first = int(a.units[u].task_from)
    node, lo, hi = NONE, t, t
    for x in range(slots.choice.shape[0]):
        i = int(a.task[first + x].of_unit)
        if a.task[i].node != node:
            node = int(a.task[i].node)
            lo, hi = (t, t) if x == 0 else _within_links(a, u, x, slots.choice)
            if a.nodes[node + 1].task - a.nodes[node].task > 1:
                lo = first_start(a, i, lo)
                if lo == NONE or lo > hi:
                    return NO_PLACE
                hi = lo
        cost = _choose(a, s, i, x, lo, hi, slots, chance)
        if cost == NO_PLACE:
            return NO_PLACE
        total += cost - a.travel_cost * s.service[slots.choice[x].team, i]
    return total


@inner
def _choose(a: Arrays, s: State, i: int, x: int, lo: int, hi: int, slots: Slots, chance: Chance) -> float:
    """Choose the cheapest place of task i, slot x, that starts in [lo, hi], in a team of its own; its cost."""
    choice, wobble = slots.choice, chance.wobble
    best_cost, least = NO_PLACE, NO_PLACE
    for place in slots.place[slots.begin[x] : slots.begin[x + 1]]:
        if place.cost >= least or place.lo > hi or place.hi < lo:
            continue
        start = first_start(a, i, max(lo, place.lo))
        if start == NONE or start > min(hi, place.hi):
            continue
        taken = False
        for y in range(x):
            taken = taken or choice[y].team == place.team
        if taken:
            continue
        cost = place.cost
        if a.is_soft:
            free = start + s.service[place.team, i] + place.leg
            cost += lateness(a, s, i, place.team, place.pos, start, free)
        apparent = cost if wobble == 0.0 else cost * (1.0 + wobble * chance.rng.random())
        if apparent < least and (chance.blink == 0.0 or chance.rng.random() >= chance.blink):
            choice[x].team, choice[x].pos, choice[x].start = place.team, place.pos, start
            best_cost, least = cost, apparent
    return best_cost


@inner
def _within_links(a: Arrays, u: int, x: int, choice: Table) -> tuple[int, int]:
    """When the node of the unit's task x may start, by its links to the nodes that have their places already."""
    first = int(a.units[u].task_from)
    lo, hi = -LATEST, LATEST
    v = int(a.task[a.task[first + x].of_unit].node)
    for y in range(a.nodes[v].link, a.nodes[v + 1].link):
        for z in range(x):
            if a.task[a.task[first + z].of_unit].node == a.link[y].to:
                lo, hi = max(lo, choice[z].start - a.link[y].hi), min(hi, choice[z].start - a.link[y].lo)
    return lo, hi
