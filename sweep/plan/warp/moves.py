"""
What a move changes in the cost of the routes: ways, time warp and overload at their prices, less worth. Compiled.

Each is found in constant time from what is known at the two cuts, but for a few stops in between and for moves inside
one route. What is no gain by its ways alone, if all fines of its routes fell away, is not looked at further.
"""

from __future__ import annotations

from typing import NamedTuple

from geodata.compiled import inner
from sweep.plan.kernel.arrays import FORBIDDEN
from sweep.plan.warp.net import Net
from sweep.plan.warp.routes import Routes

# What a move that may not be made costs, or more.
NEVER = 1e18


class Price(NamedTuple):
    """What things cost, in units of worth."""

    travel: float
    """A second on the road."""
    warp: float
    """A second of time warp."""
    load: float
    """A unit of load above the capacity."""
    least: float
    """A gain that is not above this is taken for rounding."""


@inner
def fine(net: Net, r: Routes, price: Price, k: int) -> float:
    """What lateness and overload of a route cost."""
    return float(price.warp * r.route[k].warp + price.load * max(0, r.route[k].load - net.crew[k].capacity))


@inner
def through(net: Net, r: Routes, k: int, t: int, place: int, a: int, i: int, n: int) -> tuple[int, int]:
    """(When team k is free, time warp) after it, free at t at `place`, goes n stops of team a from position i on."""
    travel, inside = net.travel[net.crew[k].profile], net.service[net.crew[k].kind]
    warp = 0
    for p in range(i, i + n):
        x = r.step[a, p].task
        node = net.node[x]
        t = max(t + travel[place, node.place], node.lo)
        if t > node.hi:
            warp += t - node.hi
            t = node.hi
        t += inside[x]
        place = node.place
    return t, warp


@inner
def place_of(net: Net, r: Routes, k: int, p: int) -> int:
    """Place of the node at position p of team k."""
    return int(net.node[r.step[k, p].task].place)


@inner
def may_serve(net: Net, k: int, i: int) -> bool:
    """Whether team k may serve task i."""
    return bool(net.service[net.crew[k].kind, i] != FORBIDDEN)


@inner
def may_take(net: Net, r: Routes, k: int, a: int, i: int, n: int) -> bool:
    """Whether team k may serve n stops of team a from position i on."""
    if net.is_plain:
        return True
    for p in range(i, i + n):  # noqa: SIM110 - numba has no generators in all()
        if not may_serve(net, k, r.step[a, p].task):
            return False
    return True


@inner
def legs(net: Net, r: Routes, k: int, a: int, i: int, n: int) -> int:
    """Seconds on the road from the first to the last of n stops of team a from position i on, gone by team k."""
    total, travel = 0, net.travel[net.crew[k].profile]
    for p in range(i, i + n - 1):
        total += travel[place_of(net, r, a, p), place_of(net, r, a, p + 1)]
    return total


@inner
def joined(net: Net, r: Routes, a: int, i: int, n: int, b: int, j: int, m: int) -> int:
    """Change of team a's seconds on the road if its n stops from i on give way to m stops of team b from j on."""
    travel = net.travel[net.crew[a].profile]
    before, after = place_of(net, r, a, i - 1), place_of(net, r, a, i + n)
    old = r.step[a, i + n].way - r.step[a, i - 1].way
    if m == 0:
        return int(travel[before, after] - old) if r.route[a].length > n else int(-r.route[a].way)
    new = r.step[b, j + m - 1].way - r.step[b, j].way if net.is_plain else legs(net, r, a, b, j, m)
    new += travel[before, place_of(net, r, b, j)] + travel[place_of(net, r, b, j + m - 1), after]
    return int(new - old) if r.route[a].length > 0 else int(new)


@inner
def exchange_change(net: Net, r: Routes, price: Price, a: int, i: int, n: int, b: int, j: int, m: int) -> float:
    """
    Change of cost if n stops of team a from i on are exchanged with m stops of team b from j on; a is not b.

    Where it is no gain it may be too low, or NEVER.
    """
    fines = fine(net, r, price, a) + fine(net, r, price, b)
    ways = joined(net, r, a, i, n, b, j, m) + joined(net, r, b, j, m, a, i, n)
    cost = price.travel * ways
    if cost - fines >= 0.0:
        return NEVER
    longest = r.step.shape[1] - 2
    if r.route[a].length - n + m > longest or r.route[b].length - m + n > longest:
        return NEVER
    if not may_take(net, r, b, a, i, n) or not may_take(net, r, a, b, j, m):
        return NEVER
    moved = (r.step[a, i + n - 1].load - r.step[a, i - 1].load) - (r.step[b, j + m - 1].load - r.step[b, j - 1].load)
    over_a = max(0, r.route[a].load - moved - net.crew[a].capacity)
    over_b = max(0, r.route[b].load + moved - net.crew[b].capacity)
    cost += price.load * (over_a + over_b) - fines
    if cost >= 0.0:
        return float(cost)
    cost += price.warp * warp_with(net, r, a, i, n, b, j, m)
    if cost >= 0.0:
        return float(cost)
    return float(cost + price.warp * warp_with(net, r, b, j, m, a, i, n))


@inner
def warp_with(net: Net, r: Routes, a: int, i: int, n: int, b: int, j: int, m: int) -> int:
    """Time warp of team a's route if its n stops from i on give way to m stops of team b from j on."""
    if r.route[a].length == n and m == 0:
        return 0
    before, behind = r.step[a, i - 1], r.step[a, i + n]
    place = net.node[before.task].place
    t, warp = before.free, before.warp
    if m > 0:
        t, more = through(net, r, a, t, place, b, j, m)
        warp += more
        place = place_of(net, r, b, j + m - 1)
    t += net.travel[net.crew[a].profile, place, net.node[behind.task].place]
    return int(warp + behind.warp_on + max(0, t - behind.late))


@inner
def tails_change(net: Net, r: Routes, price: Price, a: int, p: int, b: int, q: int) -> float:
    """
    Change of cost if what follows position p of team a and q of team b change places; the teams' `tail` is one.

    Where it is no gain it may be too low, or NEVER.
    """
    fines = fine(net, r, price, a) + fine(net, r, price, b)
    travel = net.travel[net.crew[a].profile]
    a0, a1, b0, b1 = r.step[a, p], r.step[a, p + 1], r.step[b, q], r.step[b, q + 1]
    pa0, pa1 = net.node[a0.task].place, net.node[a1.task].place
    pb0, pb1 = net.node[b0.task].place, net.node[b1.task].place
    na, nb = r.route[a].length, r.route[b].length
    ab, ba = int(travel[pa0, pb1]), int(travel[pb0, pa1])
    new_a, new_b = ab, ba
    if p == 0 and q == nb:
        new_a = 0
    if q == 0 and p == na:
        new_b = 0
    ways = new_a + new_b
    if na > 0:
        ways -= travel[pa0, pa1]
    if nb > 0:
        ways -= travel[pb0, pb1]
    cost = price.travel * ways
    longest = r.step.shape[1] - 2
    if cost - fines >= 0.0 or p + nb - q > longest or q + na - p > longest:
        return NEVER
    if not may_take(net, r, b, a, p + 1, na - p) or not may_take(net, r, a, b, q + 1, nb - q):
        return NEVER
    # Whoever has nothing left goes nowhere and is not late.
    load_a = a0.load + r.route[b].load - b0.load
    load_b = b0.load + r.route[a].load - a0.load
    cost += price.load * (max(0, load_a - net.crew[a].capacity) + max(0, load_b - net.crew[b].capacity)) - fines
    if cost >= 0.0:
        return float(cost)
    if p > 0 or q < nb:
        cost += price.warp * (a0.warp + b1.warp_on + max(0, a0.free + ab - b1.late))
    if cost >= 0.0:
        return float(cost)
    if q > 0 or p < na:
        cost += price.warp * (b0.warp + a1.warp_on + max(0, b0.free + ba - a1.late))
    return float(cost)


@inner
def inside_change(net: Net, r: Routes, price: Price, k: int, i: int, n: int, j: int, m: int) -> float:
    """Change of cost if n stops of team k from i on and m stops from j on change places; NEVER where it is no gain."""
    if i > j:
        i, n, j, m = j, m, i, n
    if i + n > j:
        return NEVER
    travel = net.travel[net.crew[k].profile]
    step = r.step[k]
    ways = 0
    before, after = place_of(net, r, k, i - 1), place_of(net, r, k, j + m)
    mid = j - i - n
    first0, first1 = (place_of(net, r, k, i), place_of(net, r, k, i + n - 1)) if n > 0 else (0, 0)
    second0, second1 = (place_of(net, r, k, j), place_of(net, r, k, j + m - 1)) if m > 0 else (0, 0)
    mid0, mid1 = (place_of(net, r, k, i + n), place_of(net, r, k, j - 1)) if mid > 0 else (0, 0)
    here = before
    if m > 0:
        ways += travel[here, second0] + step[j + m - 1].way - step[j].way
        here = second1
    if mid > 0:
        ways += travel[here, mid0] + step[j - 1].way - step[i + n].way
        here = mid1
    if n > 0:
        ways += travel[here, first0] + step[i + n - 1].way - step[i].way
        here = first1
    ways += travel[here, after] - (step[j + m].way - step[i - 1].way)
    old = price.warp * r.route[k].warp
    cost = price.travel * ways - old
    if cost >= 0.0:
        return NEVER
    t, warp = through(net, r, k, step[i - 1].free, before, k, j, m)
    here = second1 if m > 0 else before
    t, more = through(net, r, k, t, here, k, i + n, mid)
    here = mid1 if mid > 0 else here
    warp += more
    t, more = through(net, r, k, t, here, k, i, n)
    here = first1 if n > 0 else here
    warp += more + step[i - 1].warp + step[j + m].warp_on + max(0, t + travel[here, after] - step[j + m].late)
    return float(cost + price.warp * warp)


@inner
def put_change(net: Net, r: Routes, price: Price, x: int, k: int, p: int, n: int, most: float) -> float:
    """
    Change of cost if task x, which is out, comes into team k's route in the place of n stops from position p on.

    Where it is `most` or more it may be too low.
    """
    crew = net.crew[k]
    inside = net.service[crew.kind, x]
    if inside == FORBIDDEN or r.route[k].length + 1 - n > r.step.shape[1] - 2:
        return NEVER
    node = net.node[x]
    travel = net.travel[crew.profile]
    before, behind = r.step[k, p - 1], r.step[k, p + n]
    here, there = net.node[before.task].place, net.node[behind.task].place
    to, back = travel[here, node.place], travel[node.place, there]
    old = behind.way - before.way if r.route[k].length > 0 else 0
    cost = price.travel * (to + back - old) - node.worth
    for q in range(p, p + n):
        cost += net.node[r.step[k, q].task].worth
    fines = fine(net, r, price, k)
    cost -= fines
    if cost >= most:
        return float(cost)
    load = r.route[k].load + node.load - (r.step[k, p + n - 1].load - before.load)
    cost += price.load * max(0, load - crew.capacity)
    t, warp = max(before.free + to, node.lo), before.warp + behind.warp_on
    if t > node.hi:
        warp += t - node.hi
        t = node.hi
    t += inside + back
    return float(cost + price.warp * (warp + max(0, t - behind.late)))


@inner
def take_change(net: Net, r: Routes, price: Price, k: int, p: int) -> float:
    """Change of cost if team k's stop at position p comes out; NEVER where it is no gain."""
    step = r.step[k]
    node = net.node[step[p].task]
    cost = node.worth + price.travel * joined(net, r, k, p, 1, k, 0, 0)
    fines = fine(net, r, price, k)
    if cost - fines >= 0.0:
        return NEVER
    warp = warp_with(net, r, k, p, 1, k, 0, 0)
    over = max(0, r.route[k].load - node.load - net.crew[k].capacity)
    return float(cost + price.warp * warp + price.load * over - fines)
