"""A first bound, at hand at once: the hours of a pool of teams as a knapsack."""

import numpy as np

from geodata.array_types import Float64s, Int64s
from geodata.numba_options import compiled
from sweep.plan.kernel.problem_arrays import FORBIDDEN, Arrays


def least_seconds(a: Arrays) -> Float64s:
    """Shortest service plus shortest way in of each unit, over its tasks, (units,)."""
    service = a.service[:, : a.n_visit_tasks].T.astype(np.int64)
    place = a.task["place"][: a.n_visit_tasks]
    least = np.where(service == FORBIDDEN, np.iinfo(np.int32).max, service).min(axis=1, initial=np.iinfo(np.int32).max)
    # The way in comes from a base or from another place; a task in the same place may be no way at all.
    sources = np.concatenate([a.team["base"], place])
    ways = a.travel[0][np.ix_(sources, place)].astype(np.float64)
    ways[len(a.team) + np.arange(len(place)), np.arange(len(place))] = np.inf
    seconds = least + ways.min(axis=0, initial=np.inf)
    return np.bincount(a.task["unit"][: a.n_visit_tasks], weights=seconds, minlength=len(a.units))


def seconds_of(a: Arrays, teams: Int64s) -> int:
    """What some teams have for ways and visits in all: their shifts without the breaks that they have to take."""
    team = a.team[teams]
    shifts = team["shift_hi"].astype(np.int64) - team["shift_lo"]
    breaks = np.array([a.break_of(int(k))[2] for k in teams], np.int64)
    return int(np.maximum(shifts - breaks, 0).sum())


def knapsack(a: Arrays, value: Float64s, seconds: Float64s, teams: Int64s, units: Int64s) -> float:
    """
    Upper bound on the value that these teams can have of these units, if no others can serve them.

    Each visit takes at least its shortest service plus the shortest way to it, in every slot; visits may be cut.
    Windows, the order of stops, synchronised starts and who meets whom are relaxed.
    """
    room = float(seconds_of(a, teams))
    return float(most_of_rooms(value[units], seconds[units], np.array([room]))[0])


@compiled
def most_of_rooms(worth: Float64s, seconds: Float64s, rooms: Float64s) -> Float64s:
    """
    What each of these rooms can hold at most of things that may be cut.

    Parameters
    ----------
    worth, seconds
        Of each thing; seconds >= 0, and what takes none is in every room.
    rooms
        In seconds; below 0 counts as none.

    References
    ----------
    Dantzig 1957: the fractional knapsack is solved by taking the best value per second first.
    """
    rate = np.where(seconds > 0.0, worth / np.maximum(seconds, 1e-9), np.inf)
    n_free = int((seconds <= 0.0).sum())
    order = np.argsort(-rate)
    used, gained = np.cumsum(seconds[order]), np.cumsum(worth[order])
    most = np.zeros(rooms.shape[0], np.float64)
    for x in range(rooms.shape[0]):
        room = max(0.0, rooms[x])
        n = max(n_free, int(np.searchsorted(used, room)))
        if n > 0:
            most[x], room = gained[n - 1], room - used[n - 1]
        if n < order.shape[0]:
            most[x] += rate[order[n]] * room
    return most
