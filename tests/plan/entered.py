"""What only compiled code calls, entered from Python for the tests."""

from __future__ import annotations

import numpy as np

from geodata.arrays import Bools, Int64s
from geodata.compiled import compiled
from sweep.plan.kernel import rethread as stretches
from sweep.plan.kernel import ruin as removal
from sweep.plan.kernel import trade as exchange
from sweep.plan.kernel.arrays import Arrays
from sweep.plan.kernel.people import People
from sweep.plan.kernel.rethread import Stretch
from sweep.plan.kernel.state import State

_ruin, _settle_rest = removal.ruin, removal.settle_rest
_rethread, _best_way, _set_service = stretches.rethread, stretches.best_way, exchange.set_service


@compiled
def ruin(a: Arrays, s: State, open_teams: Bools, is_loose: Bools, rng: np.random.Generator) -> int:
    return _ruin(a, s, open_teams, is_loose, rng)


@compiled
def settle_rest(a: Arrays, s: State, open_teams: Bools, rng: np.random.Generator) -> bool:
    return _settle_rest(a, s, open_teams, rng)


@compiled
def rethread(a: Arrays, s: State, open_teams: Bools, is_loose: Bools, rng: np.random.Generator) -> bool:
    return _rethread(a, s, open_teams, is_loose, rng)


@compiled
def best_way(travel_cost: float, t: Stretch) -> Int64s:
    return _best_way(travel_cost, t)


@compiled
def set_service(c: People, s: State, k: int) -> None:
    _set_service(c, s, k)
