"""Knapsack bound: upper bound on the value that teams can reach, from their working hours alone, without a search."""

import numpy as np

from geodata.array_types import Float64s, Int64s
from sweep.plan.kernel.problem_arrays import FORBIDDEN, Arrays


def least_seconds(a: Arrays) -> Float64s:
    """
    Return the least seconds of travel and service that each unit takes, (units,).

    This is the sum, over the unit's tasks, of the shortest service by any team and the shortest leg to the place.
    """
    service = a.service[:, : a.n_visit_tasks].T.astype(np.int64)
    place = a.task["place"][: a.n_visit_tasks]
    least = np.where(service == FORBIDDEN, np.iinfo(np.int32).max, service).min(axis=1, initial=np.iinfo(np.int32).max)
    # The leg comes from a base or from another place; two tasks in one place may have a leg of 0.
    sources = np.concatenate([a.team["base"], place])
    legs = a.travel[0][np.ix_(sources, place)].astype(np.float64)
    legs[len(a.team) + np.arange(len(place)), np.arange(len(place))] = np.inf
    seconds = least + legs.min(axis=0, initial=2.0**40)
    return np.bincount(a.task["unit"][: a.n_visit_tasks], weights=seconds, minlength=len(a.units))


def seconds_of(a: Arrays, teams: Int64s) -> int:
    """Return the total seconds that `teams` (rows) have for travel and service: shifts less required breaks."""
    team = a.team[teams]
    shifts = team["shift_hi"].astype(np.int64) - team["shift_lo"]
    breaks = np.array([a.break_of(int(k))[2] for k in teams], np.int64)
    return int(np.maximum(shifts - breaks, 0).sum())


def knapsack(a: Arrays, value: Float64s, seconds: Float64s, teams: Int64s, units: Int64s) -> float:
    """
    Return an upper bound on the value that `teams` can get from `units` (rows of `a.team` and `a.units`).

    `value` and `seconds` hold, for all units, value and least time of travel and service, (units,). Visits are
    fractional. Windows, order of stops and synchronisation are relaxed. The caller ensures that no other teams can
    serve the units.
    """
    return fractional_knapsack(value[units], seconds[units], float(seconds_of(a, teams)))


def knapsack_rate(value: Float64s, seconds: Float64s, capacity_s: float) -> float:
    """
    Return the value per second of the first item that a fractional knapsack does not hold whole; 0 if it holds all.

    Parameters
    ----------
    value, seconds
        Value and size of each item; size >= 0, items of size 0 are in every knapsack.
    capacity_s
        Capacity in seconds, >= 0.

    References
    ----------
    Dantzig 1957: items in descending order of value per second are optimal.
    """
    rate = np.divide(value, seconds, out=np.full(len(value), np.inf), where=seconds > 0.0)
    order = np.argsort(-rate, kind="stable")
    n = int(np.searchsorted(np.cumsum(seconds[order]), capacity_s, side="right"))
    return float(rate[order[n]]) if n < len(order) else 0.0


def fractional_knapsack(value: Float64s, seconds: Float64s, capacity_s: float) -> float:
    """Return the optimal value of a fractional knapsack; arguments as in `knapsack_rate`."""
    rate = knapsack_rate(value, seconds, capacity_s)
    return float(rate * capacity_s + np.maximum(value - rate * seconds, 0.0).sum())
