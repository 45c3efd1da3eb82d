"""The search through late and overfull routes: rounds that shake, fill and descend, kept or dropped. Compiled."""

from __future__ import annotations

import numpy as np

from geodata.arrays import Int64s
from geodata.chance import drawn_below
from geodata.compiled import compiled, compiled_lean, inner, inner_with_arrays
from sweep.plan.kernel.arrays import FORBIDDEN, LATEST, NONE, Table
from sweep.plan.warp.descent import Queue, descend, empty_queue, place_best, push
from sweep.plan.warp.moves import Price
from sweep.plan.warp.net import Net
from sweep.plan.warp.routes import Routes, copy_touched, put_in
from sweep.plan.warp.shake import BLINK, Others, crowd, ruin, take_over

# What a chain has learnt: the prices of a second of time warp and of a unit of overload; the cost of the best plan that
# breaks no rule, ways less worth; and how many of the last plans were late, overfull, and seen at all.
LEDGER = np.dtype(
    [(name, np.float64) for name in ("warp", "load", "best")]
    + [(name, np.int64) for name in ("n_late", "n_over", "n_seen")],
    align=True,
)

# Rounds after which the prices are looked at again; share of plans that are to be on time, and to hold the loads, and
# how far from it is near enough; and what the prices are multiplied by.
ROUNDS_A_PRICE = 100
ON_TIME, NEAR_ENOUGH = 0.8, 0.05
DEARER, CHEAPER = 1.2, 0.85
# Share of rounds that take routes of another plan over, and that crowd, if what is drawn is out.
TAKE_OVER_SHARE, CROWD_SHARE = 0.05, 0.8
# A gain is one if it is more than this share of what a second on the road costs.
LEAST = 1e-3
# In a first plan a task may cost so many times its worth, and each team begins with the farthest from those of the
# others of so many tasks drawn.
LIFT, N_DRAWN = 2.0, 8


@inner
def _price(net: Net, ledger: Table) -> Price:
    return Price(net.travel_cost, ledger[0].warp, ledger[0].load, LEAST * net.travel_cost)


@compiled_lean
def cost_of(net: Net, r: Routes) -> tuple[float, int, int]:
    """Ways at their cost less worth; seconds of time warp; units of overload."""
    way, warp, over, worth = 0, 0, 0, 0.0
    for k in range(net.crew.shape[0]):
        way += r.route[k].way
        warp += r.route[k].warp
        over += max(0, r.route[k].load - net.crew[k].capacity)
    for i in range(net.n_tasks):
        if r.spot[i].team != NONE:
            worth += net.node[i].worth
    return net.travel_cost * way - worth, warp, over


@compiled
def fill(net: Net, r: Routes, ledger: Table, rng: np.random.Generator) -> None:
    """A first plan from what is in the routes already."""
    q, price = empty_queue(net.n_tasks), _price(net, ledger)
    nearest = np.full(net.n_tasks, LATEST)
    for k in range(net.crew.shape[0]):
        if r.route[k].length > 0:
            continue
        first = NONE
        for _ in range(N_DRAWN):
            i = drawn_below(rng, net.n_tasks)
            may = r.spot[i].team == NONE and net.service[net.crew[k].kind, i] != FORBIDDEN
            if may and (first == NONE or nearest[i] > nearest[first]):
                first = i
        if first != NONE:
            put_in(net, r, first, k, 1)
            way = net.travel[net.crew[k].profile, net.node[first].place]
            for i in range(net.n_tasks):
                nearest[i] = min(nearest[i], way[net.node[i].place])
    for i in rng.permutation(net.n_tasks):
        if r.spot[i].team == NONE:
            place_best(net, r, price, q, i, LIFT * net.node[i].worth, 0.0, rng)
        push(q, i)
    descend(net, r, price, q, rng)


@inner_with_arrays
def _refill(net: Net, r: Routes, price: Price, q: Queue, out: Int64s, n_out: int, rng: np.random.Generator) -> None:
    """Put tasks back, in an order drawn: by chance, by worth, or by worth for the time and room that they take."""
    mode, key = drawn_below(rng, 3), np.empty(n_out, np.float64)
    for y in range(n_out):
        i = out[y]
        key[y] = 0.5 + rng.random()
        if mode > 0:
            key[y] *= -net.node[i].worth
        if mode == 2:
            key[y] /= max(1, net.service[0, i] + net.node[i].load)
    order = np.argsort(key)
    for y in range(n_out):
        i = int(out[order[y]])
        if not place_best(net, r, price, q, i, -price.least, BLINK, rng):
            push(q, i)


@inner
def _change(net: Net, r: Routes, price: Price, q: Queue, out: Int64s, others: Others, rng: np.random.Generator) -> None:
    """One round's change, up to where no move is a gain."""
    centre = net.tasks[drawn_below(rng, net.tasks.shape[0])]
    if others.length.shape[0] > 0 and rng.random() < TAKE_OVER_SHARE:
        _refill(net, r, price, q, out, take_over(net, r, q, out, others, rng), rng)
    elif r.spot[centre].team == NONE and rng.random() < CROWD_SHARE:
        crowd(net, r, price, q, centre, rng)
    else:
        _refill(net, r, price, q, out, ruin(net, r, q, out, centre, rng), rng)
    descend(net, r, price, q, rng)


@inner
def _reprice(ledger: Table) -> None:
    """Raise the price of what too many of the last plans broke, lower that of what too few did."""
    n = ledger[0].n_seen
    on_time, in_load = 1.0 - ledger[0].n_late / n, 1.0 - ledger[0].n_over / n
    if abs(on_time - ON_TIME) > NEAR_ENOUGH:
        ledger[0].warp *= DEARER if on_time < ON_TIME else CHEAPER
    if abs(in_load - ON_TIME) > NEAR_ENOUGH:
        ledger[0].load *= DEARER if in_load < ON_TIME else CHEAPER
    ledger[0].n_late, ledger[0].n_over, ledger[0].n_seen = 0, 0, 0


@inner_with_arrays
def _keep_best(net: Net, best: Routes, trial: Routes) -> None:
    touched = trial.route["is_touched"].copy()
    best.route["is_touched"][:] = True
    copy_touched(net, best, trial)
    trial.route["is_touched"][:] = touched


@compiled
def improve_late(
    net: Net, others: Others, now: Routes, trial: Routes, best: Routes, ledger: Table, heat: float, n_rounds: int,
    rng: np.random.Generator,
) -> None:  # fmt: skip
    """
    Run so many rounds with simulated annealing; `now`, `best` and the ledger are changed in place.

    Parameters
    ----------
    trial
        Memory to work in; equal to `now` on entry and on return.
    best
        A plan that breaks no rule, unless none was found yet.
    heat
        The temperature, in units of worth.
    """
    q, out = empty_queue(net.n_tasks), np.empty(net.n_tasks, np.int64)
    plain, warp, over = cost_of(net, now)
    for _ in range(n_rounds):
        price = _price(net, ledger)
        _change(net, trial, price, q, out, others, rng)
        new_plain, new_warp, new_over = cost_of(net, trial)
        before = plain + price.warp * warp + price.load * over
        after = new_plain + price.warp * new_warp + price.load * new_over
        ledger[0].n_late += new_warp > 0
        ledger[0].n_over += new_over > 0
        ledger[0].n_seen += 1
        if ledger[0].n_seen == ROUNDS_A_PRICE:
            _reprice(ledger)
        if after > before - heat * np.log(max(rng.random(), 1e-12)):
            copy_touched(net, trial, now)
            continue
        if new_warp == 0 and new_over == 0 and new_plain < ledger[0].best - price.least:
            ledger[0].best = new_plain
            _keep_best(net, best, trial)
        copy_touched(net, now, trial)
        plain, warp, over = new_plain, new_warp, new_over
