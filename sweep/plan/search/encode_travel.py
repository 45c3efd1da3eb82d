"""The travel tables as the compiled search reads them: places near each other side by side."""

import numpy as np

from geodata.array_types import Int32s, Int64s
from sweep.plan.kernel.problem_arrays import LATEST, Table
from sweep.plan.problem.problem import Problem

# Most tasks that each task keeps in order of nearness; memory is tasks times this.
MOST_NEAR = 500


def travel_table(problem: Problem, row_of: Int64s) -> Int32s:
    """As `Arrays.travel`, given the row of each of the problem's places; LATEST where there is no road."""
    there = np.argsort(row_of)
    seconds = problem.travel_s[None]
    # Even a short way is none if it is as long as what stands for no road.
    seconds = np.where(seconds >= problem.unreachable, LATEST, np.minimum(seconds, LATEST))
    travel = seconds.astype(np.int32)[:, there[:, None], there]
    travel[:, np.arange(travel.shape[1]), np.arange(travel.shape[1])] = 0
    return np.ascontiguousarray(travel)


def with_ways_back(travel: Int32s) -> Int32s:
    """The table as `Arrays.travel`: followed by the one by the place that ways lead to, unless they are equal."""
    turned = travel.transpose(0, 2, 1)
    return travel if np.array_equal(travel, turned) else np.concatenate([travel, turned])


def rows_side_by_side(problem: Problem) -> Int64s:
    """
    A row for each place, in a large table so that places near each other have rows side by side.

    A search of a thousand places spent two thirds of its time on waiting for the table.
    """
    n = len(problem.places)
    row_of = np.arange(n)
    # A table of travel times of so many places stays in a core's cache.
    if n <= 256:
        return row_of
    is_left, here = np.ones(n, np.bool_), 0
    for row in range(n):
        row_of[here], is_left[here] = row, False
        here = int(np.argmin(np.where(is_left, problem.travel_s[here], np.iinfo(np.int64).max)))
    return row_of


def least_legs(travel: Int32s, place: Int32s, team: Table) -> Int32s:
    """
    Least seconds to the place of each slot and away from it, (slots,).

    Nothing for one that shares its place with another, or with the base or end of a team: there may be no way at all.
    """
    _, at, n_here = np.unique(place, return_inverse=True, return_counts=True)
    between = travel.min(axis=0) + np.where(np.eye(travel.shape[1], dtype=np.bool_), LATEST, 0)
    way_out = between.min(axis=1)
    is_alone = (n_here[at] == 1) & ~np.isin(place, (team["base"], team["end"]))
    return np.where(is_alone, between.min(axis=0)[place] + way_out[place], 0).astype(np.int32)


def nearest(travel: Int32s, place: Int32s) -> Int32s:
    """As `Arrays.near`."""
    between = travel[np.ix_(place, place)]
    return np.argsort(between, axis=1, kind="stable")[:, :MOST_NEAR].astype(np.int32)
