"""A value that no plan of these teams can pass: the better of two relaxations."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from sweep.plan.arrays import FORBIDDEN, Arrays, can_be_staffed
from sweep.plan.column_generation import relaxation_bound
from sweep.plan.problem import Problem
from sweep.records import Team

KNAPSACK, COLUMN_GENERATION = "fractional_knapsack", "column_generation"


def upper_bound(
    problem: Problem, arrays: Arrays, teams: Sequence[Team], time_limit_s: float, *, with_musts: bool
) -> tuple[float, str]:
    """
    Upper bound on the value of any plan of these active teams, and the name of the relaxation that gives it.

    Parameters
    ----------
    time_limit_s
        For the column generation; infinite: until it closes, which does not depend on the machine.
    with_musts
        The bound is for plans that serve every must-visit, which costs them value elsewhere.
    """
    knapsack = knapsack_bound(problem, arrays, teams)
    if not teams or not problem.visits:
        return knapsack, KNAPSACK
    value, is_must = np.zeros(len(arrays.worth)), np.zeros(len(arrays.worth), np.bool_)
    task = 0
    for visit in problem.visits:
        value[arrays.unit[task]] += visit.value
        is_must[arrays.unit[task]] |= visit.is_must and with_musts
        task += len(visit.slots)
    value[~can_be_staffed(arrays)] = 0.0
    relaxed = relaxation_bound(arrays, value, is_must, knapsack, time_limit_s=time_limit_s)
    return (relaxed, COLUMN_GENERATION) if relaxed < knapsack else (knapsack, KNAPSACK)


def knapsack_bound(problem: Problem, arrays: Arrays, teams: Sequence[Team]) -> float:
    """
    Upper bound on the value of any plan of these active teams.

    Teams that can serve a visit in common form a pool. A pool's hours are a knapsack: each visit takes at least its
    shortest service plus the shortest way to it, in every slot; visits may be cut. Windows, the order of stops,
    synchronised starts and who meets whom are relaxed, so the true optimum is never above it.

    References
    ----------
    Dantzig 1957: the fractional knapsack is solved by taking the best value per second first.
    """
    if not teams or not problem.visits:
        return 0.0
    seconds, allowed = _least_seconds(arrays)
    pool_of_team = _pools(allowed)
    value_of_unit, seconds_of_unit, pool_of_unit = _units(problem, arrays, seconds, allowed, pool_of_team)
    room = np.zeros(len(teams))
    for k in range(len(teams)):
        room[pool_of_team[k]] += max(0, arrays.shift_hi[k] - arrays.shift_lo[k])
    total = 0.0
    for pool in set(pool_of_team):
        rows = np.flatnonzero(pool_of_unit == pool)
        total += _fractional(value_of_unit[rows], seconds_of_unit[rows], float(room[pool]))
    return total


def _least_seconds(a: Arrays) -> tuple[NDArray[np.float64], NDArray[np.bool_]]:
    """Shortest service plus shortest way in, by task; and which team may fill it."""
    allowed = a.service != FORBIDDEN
    service = np.where(allowed, a.service, np.iinfo(np.int64).max // 4).min(axis=1)
    # The way in comes from a base or from another place; a task in the same place may be no way at all.
    sources = np.concatenate([a.base, a.place])
    ways = a.travel[np.ix_(sources, a.place)].astype(np.float64)
    n_bases = len(a.base)
    ways[n_bases + np.arange(len(a.place)), np.arange(len(a.place))] = np.inf
    return service + ways.min(axis=0), allowed


def _pools(allowed: NDArray[np.bool_]) -> list[int]:
    """For each team the first team of its pool: teams linked by a task that both may fill."""
    pool = list(range(allowed.shape[1]))
    for row in allowed:
        members = {pool[k] for k in np.flatnonzero(row)}
        if len(members) > 1:
            low = min(members)
            pool = [low if p in members else p for p in pool]
    return pool


def _units(
    problem: Problem, a: Arrays, seconds: NDArray[np.float64], allowed: NDArray[np.bool_], pools: Sequence[int]
) -> tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.int64]]:
    """Value, least seconds and pool of each unit; -1 for one that no team can serve, or that spans two pools."""
    n_units = len(a.worth)
    value, total = np.zeros(n_units), np.zeros(n_units)
    pool = np.full(n_units, -2, np.int64)
    task = 0
    for visit in problem.visits:
        value[a.unit[task]] += visit.value
        for _ in visit.slots:
            u = a.unit[task]
            total[u] += seconds[task]
            teams = np.flatnonzero(allowed[task])
            here = pools[teams[0]] if len(teams) else -1
            pool[u] = here if pool[u] in (-2, here) else -1
            task += 1
    pool[~can_be_staffed(a)] = -1
    return value, total, pool


def _fractional(value: NDArray[np.float64], seconds: NDArray[np.float64], room: float) -> float:
    total = 0.0
    for r in np.argsort(-value / np.maximum(seconds, 1e-9), kind="stable"):
        part = min(1.0, room / max(seconds[r], 1e-9))
        if part <= 0:
            break
        total += part * value[r]
        room -= part * seconds[r]
    return total
