"""What only compiled code calls, entered from Python for the tests."""

from __future__ import annotations

import numpy as np

from geodata.array_types import Bools, Int64s
from geodata.numba_options import compiled
from sweep.plan.kernel import (
    duty_times,
    member_exchange,
    penalties,
    route_schedule,
    segment_labels,
    segment_reoptimisation,
)
from sweep.plan.kernel import ruin as removal
from sweep.plan.kernel.people_arrays import People
from sweep.plan.kernel.problem_arrays import Arrays
from sweep.plan.kernel.search_state import SearchState
from sweep.plan.kernel.segment_labels import Segment

_ruin, _settle_rest, _may_be_kept = removal.ruin, removal.update_after_ruin, route_schedule.may_be_feasible
_note_days, _dislike = duty_times.update_duty_times, penalties.preference_penalty
_soft_from, _soft_rise = penalties.soft_from, penalties.penalty_rise
_rethread, _best_way = segment_reoptimisation.reoptimise_segment, segment_labels.best_segment
_set_service, _trade = member_exchange.set_service, member_exchange.exchange_members


@compiled
def note_days(a: Arrays, s: SearchState) -> None:
    _note_days(a, s)


@compiled
def dislike(a: Arrays, s: SearchState, i: int, k: int) -> float:
    return _dislike(a, s, i, k)


@compiled
def soft_from(a: Arrays, s: SearchState, i: int, k: int, p: int, start: int, free: int, seconds: int) -> float:
    return _soft_from(a, s, i, k, p, start, free, seconds)


@compiled
def soft_rise(
    a: Arrays, s: SearchState, i: int, k: int, p: int, start: int, free: int, seconds: int, most: float
) -> float:
    return _soft_rise(a, s, i, k, p, start, free, seconds, most)


@compiled
def ruin(a: Arrays, s: SearchState, open_teams: Bools, is_loose: Bools, rng: np.random.Generator) -> int:
    return _ruin(a, s, open_teams, is_loose, rng)


@compiled
def trade(a: Arrays, c: People, s: SearchState, open_teams: Bools, is_loose: Bools, rng: np.random.Generator) -> bool:
    return _trade(a, c, s, open_teams, is_loose, rng)


@compiled
def settle_rest(a: Arrays, s: SearchState, open_teams: Bools, rng: np.random.Generator) -> bool:
    return _settle_rest(a, s, open_teams, rng)


@compiled
def may_be_kept(a: Arrays, s: SearchState, k: int) -> bool:
    return _may_be_kept(a, s, k)


@compiled
def rethread(a: Arrays, s: SearchState, open_teams: Bools, is_loose: Bools, rng: np.random.Generator) -> bool:
    return _rethread(a, s, open_teams, is_loose, rng)


@compiled
def best_way(travel_cost: float, t: Segment) -> Int64s:
    return _best_way(travel_cost, t)


@compiled
def set_service(c: People, s: SearchState, k: int) -> None:
    _set_service(c, s, k)
