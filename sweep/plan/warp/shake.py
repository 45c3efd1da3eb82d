"""
What a round begins with: stops near each other come out, others come in at any price, or routes of another plan.

References
----------
Christiaens and Vanden Berghe 2020, Slack induction by string removals for vehicle routing problems. Nagata and
Kobayashi 2010, A memetic algorithm for the pickup and delivery problem with time windows using selective route exchange
crossover.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from geodata.arrays import Int64s
from geodata.by_reference import by_reference
from geodata.chance import drawn_below
from geodata.compiled import inner, inner_with_arrays
from sweep.plan.kernel.arrays import NONE
from sweep.plan.warp.descent import Queue, place_best, push, push_around
from sweep.plan.warp.moves import NEVER, Price, may_serve
from sweep.plan.warp.net import Net
from sweep.plan.warp.routes import Routes, refresh, take_out

# Mean stops that come out or in, and the longest string of them, as in the other search.
MEAN_MOVED, MAX_STRING = 8, 5
# Share of rounds in which stops come out one by one, and share of them that is spared.
SINGLE_SHARE, SPARED = 0.3, 0.2
# Share of rounds in which a whole route comes out, with so many stops of those near to it.
WHOLE_SHARE, MOVED_BESIDE = 0.01, 40
# Share of insertion places that are passed over by chance.
BLINK = 0.02
# Most routes that are taken over from another plan at once.
MOST_TAKEN_OVER = 3


@by_reference
class Others(NamedTuple):
    """Plans whose routes may be taken over."""

    task: Int64s
    """Stops in order, (plans, teams, longest)."""
    length: Int64s
    """Stops of each route, (plans, teams)."""


@inner
def ruin(net: Net, r: Routes, q: Queue, out: Int64s, centre: int, rng: np.random.Generator) -> int:
    """Take stops near the task `centre` out and list them in `out`; how many."""
    n_out, left = 0, 1 + drawn_below(rng, 2 * MEAN_MOVED - 1)
    is_single, is_whole = rng.random() < SINGLE_SHARE, rng.random() < WHOLE_SHARE
    if is_whole:
        left += MOVED_BESIDE
    for x in range(-1, net.near.shape[1]):
        if left <= 0:
            break
        i = centre if x < 0 else net.near[centre, x]
        k, p = r.spot[i].team, r.spot[i].pos
        if k == NONE or (is_single and rng.random() < SPARED):
            continue
        n = r.route[k].length
        size, start = 1, p
        if is_whole:
            size, start = n, 1
        elif not is_single:
            size = min(1 + drawn_below(rng, max(left, MAX_STRING)), n)
            start = max(1, min(p - drawn_below(rng, size), n - size + 1))
        for s in range(start, start + size):
            out[n_out] = r.step[k, s].task
            n_out += 1
        take_out(net, r, k, start, size)
        push_around(r, q, k, start, start - 1)
        left -= size
    return n_out


@inner
def crowd(net: Net, r: Routes, price: Price, q: Queue, centre: int, rng: np.random.Generator) -> None:
    """
    Put tasks near the task `centre` that are out in, whatever they cost.

    What pays together, but not alone, gets in no other way; what pays neither is soon out again.
    """
    left = 1 + drawn_below(rng, 2 * MEAN_MOVED - 1)
    for x in range(-1, net.near.shape[1]):
        if left <= 0:
            break
        i = centre if x < 0 else net.near[centre, x]
        if r.spot[i].team == NONE and (x < 0 or rng.random() >= SPARED):
            if place_best(net, r, price, q, i, NEVER, BLINK, rng):
                push(q, i)
            left -= 1


@inner_with_arrays
def take_over(net: Net, r: Routes, q: Queue, out: Int64s, others: Others, rng: np.random.Generator) -> int:
    """Go some routes as another plan does, and list in `out` what loses its place by it; how many."""
    n_out, m = 0, net.crew.shape[0]
    plan, source = drawn_below(rng, others.length.shape[0]), drawn_below(rng, m)
    is_new = np.zeros(m, np.bool_)
    for _ in range(1 + drawn_below(rng, MOST_TAKEN_OVER)):
        team = _most_like(net, r, others, plan, source, is_new)
        if team == NONE:
            break
        is_new[team] = True
        n_out = _copy_route(net, r, q, out, n_out, others, plan, source, team)
        source = _most_lost(r, others, plan)
        if source == NONE:
            break
    n = 0
    for y in range(n_out):
        if r.spot[out[y]].team == NONE:
            out[n] = out[y]
            n += 1
    return n


@inner_with_arrays
def _most_like(net: Net, r: Routes, others: Others, plan: int, source: int, is_new: Int64s) -> int:
    """The team that serves most of the other plan's route; NONE if it does just that already."""
    n_same = np.zeros(net.crew.shape[0], np.int64)
    n = others.length[plan, source]
    for p in range(n):
        k = r.spot[others.task[plan, source, p]].team
        if k != NONE:
            n_same[k] += 1
    team, most = NONE, -1
    for k in range(net.crew.shape[0]):
        if net.crew[k].tail != net.crew[source].tail or is_new[k] or n_same[k] <= most:
            continue
        may_go = True
        for p in range(n):
            may_go &= may_serve(net, k, others.task[plan, source, p])
        if may_go:
            team, most = k, n_same[k]
    if team == NONE or (most == n and r.route[team].length == n):
        return NONE
    return team


@inner
def _copy_route(
    net: Net, r: Routes, q: Queue, out: Int64s, n_out: int, others: Others, plan: int, source: int, team: int
) -> int:
    n = others.length[plan, source]
    for p in range(1, r.route[team].length + 1):
        out[n_out] = r.step[team, p].task
        n_out += 1
    take_out(net, r, team, 1, r.route[team].length)
    for p in range(n):
        i = others.task[plan, source, p]
        k = r.spot[i].team
        if k != NONE:
            at = r.spot[i].pos
            take_out(net, r, k, at, 1)
            push_around(r, q, k, at, at)
    for p in range(n):
        r.step[team, p + 1].task = others.task[plan, source, p]
    r.route[team].length = n
    refresh(net, r, team)
    push_around(r, q, team, 1, n)
    return n_out


@inner
def _most_lost(r: Routes, others: Others, plan: int) -> int:
    """The other plan's route that holds most of what is out now; NONE if all that it serves is in."""
    source, most = NONE, 0
    for k in range(others.length.shape[1]):
        n_lost = 0
        for p in range(others.length[plan, k]):
            n_lost += r.spot[others.task[plan, k, p]].team == NONE
        if n_lost > most:
            source, most = k, n_lost
    return source
