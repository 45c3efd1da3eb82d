"""What only compiled code calls, entered from Python for the tests."""

from __future__ import annotations

import numpy as np

from geodata.arrays import Bools, Int64s
from geodata.compiled import compiled
from sweep.plan.kernel import days, soft, stretch
from sweep.plan.kernel import rethread as remaking
from sweep.plan.kernel import retime as timing
from sweep.plan.kernel import ruin as removal
from sweep.plan.kernel import trade as exchange
from sweep.plan.kernel.arrays import Arrays
from sweep.plan.kernel.people import People
from sweep.plan.kernel.state import State
from sweep.plan.kernel.stretch import Stretch
from sweep.plan.warp import moves
from sweep.plan.warp import routes as changes
from sweep.plan.warp.moves import Price
from sweep.plan.warp.net import Net
from sweep.plan.warp.routes import Routes

_ruin, _settle_rest, _may_be_kept = removal.ruin, removal.settle_rest, timing.may_be_kept
_note_days, _dislike = days.note_days, soft.dislike
_soft_from, _soft_rise = soft.soft_from, soft.soft_rise
_rethread, _best_way = remaking.rethread, stretch.best_way
_set_service, _trade = exchange.set_service, exchange.trade
_exchange_change, _inside_change, _tails_change = moves.exchange_change, moves.inside_change, moves.tails_change
_put_change, _take_change = moves.put_change, moves.take_change
_exchange, _put_in, _take_out = changes.exchange, changes.put_in, changes.take_out


@compiled
def note_days(a: Arrays, s: State) -> None:
    _note_days(a, s)


@compiled
def dislike(a: Arrays, s: State, i: int, k: int) -> float:
    return _dislike(a, s, i, k)


@compiled
def soft_from(a: Arrays, s: State, i: int, k: int, p: int, start: int, free: int, seconds: int) -> float:
    return _soft_from(a, s, i, k, p, start, free, seconds)


@compiled
def soft_rise(a: Arrays, s: State, i: int, k: int, p: int, start: int, free: int, seconds: int, most: float) -> float:
    return _soft_rise(a, s, i, k, p, start, free, seconds, most)


@compiled
def ruin(a: Arrays, s: State, open_teams: Bools, is_loose: Bools, rng: np.random.Generator) -> int:
    return _ruin(a, s, open_teams, is_loose, rng)


@compiled
def trade(a: Arrays, c: People, s: State, open_teams: Bools, is_loose: Bools, rng: np.random.Generator) -> bool:
    return _trade(a, c, s, open_teams, is_loose, rng)


@compiled
def settle_rest(a: Arrays, s: State, open_teams: Bools, rng: np.random.Generator) -> bool:
    return _settle_rest(a, s, open_teams, rng)


@compiled
def may_be_kept(a: Arrays, s: State, k: int) -> bool:
    return _may_be_kept(a, s, k)


@compiled
def rethread(a: Arrays, s: State, open_teams: Bools, is_loose: Bools, rng: np.random.Generator) -> bool:
    return _rethread(a, s, open_teams, is_loose, rng)


@compiled
def best_way(travel_cost: float, t: Stretch) -> Int64s:
    return _best_way(travel_cost, t)


@compiled
def set_service(c: People, s: State, k: int) -> None:
    _set_service(c, s, k)


@compiled
def change_of(net: Net, r: Routes, price: Price, kind: int, a: int, i: int, n: int, b: int, j: int, m: int) -> float:
    """Kinds: 0 exchange, 1 tails behind i and j, 2 put task b at i of team a instead of n stops, 3 take i of team a."""
    if kind == 0:
        return (
            _inside_change(net, r, price, a, i, n, j, m)
            if a == b
            else _exchange_change(net, r, price, a, i, n, b, j, m)
        )
    if kind == 1:
        return _tails_change(net, r, price, a, i, b, j)
    if kind == 2:
        return _put_change(net, r, price, b, a, i, n, np.inf)
    return _take_change(net, r, price, a, i)


@compiled
def make_move(net: Net, r: Routes, kind: int, a: int, i: int, n: int, b: int, j: int, m: int) -> None:
    """As `change_of`."""
    if kind == 0:
        _exchange(net, r, a, i, n, b, j, m)
    elif kind == 1:
        _exchange(net, r, a, i + 1, r.route[a].length - i, b, j + 1, r.route[b].length - j)
    elif kind == 2:
        if n > 0:
            _take_out(net, r, a, i, n)
        _put_in(net, r, b, a, i)
    else:
        _take_out(net, r, a, i, 1)
