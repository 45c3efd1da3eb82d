"""Encoding of the travel tables, with nearby places in adjacent rows for the processor's cache."""

import numpy as np

from geodata.array_types import Int32s, Int64s
from sweep.plan.kernel.problem_arrays import LATEST, Table
from sweep.plan.kernel.search_parameters import PARAMETERS
from sweep.plan.problem.problem import Problem


def travel_table(problem: Problem, row_of: Int64s) -> Int32s:
    """Return travel seconds, (places, places), with place p moved to row and column `row_of[p]`; no road: LATEST."""
    there, seconds = np.argsort(row_of), problem.travel_s
    # `unreachable` may be a small number in the input: compare before capping.
    seconds = np.where(seconds >= problem.unreachable, LATEST, np.minimum(seconds, LATEST))
    travel: Int32s = seconds.astype(np.int32)[np.ix_(there, there)]
    np.fill_diagonal(travel, 0)
    return travel


def with_transpose(travel: Int32s) -> Int32s:
    """Return the travel table, with its transposed table appended if the times are asymmetric (`Arrays.travel`)."""
    return np.stack([travel] if np.array_equal(travel, travel.T) else [travel, travel.T])


def rows_side_by_side(problem: Problem) -> Int64s:
    """
    Return the row of each place in the search's travel table, (places,); in a large table neighbours are adjacent.

    Without this, a search with a thousand places waited for memory in two thirds of its time.
    """
    n = len(problem.places)
    row_of = np.arange(n)
    # A table of this size stays in a core's cache.
    if n <= 256:
        return row_of
    is_left, here = np.ones(n, np.bool_), 0
    for row in range(n):
        row_of[here], is_left[here] = row, False
        here = int(np.argmin(np.where(is_left, problem.travel_s[here], np.iinfo(np.int64).max)))
    return row_of


def least_legs(travel: Int32s, place: Int32s, team: Table) -> Int32s:
    """
    Return the seconds of the shortest leg into each slot's place plus the shortest leg out of it, (slots,).

    0 if the place is shared with another slot, or is a base or end: the leg may be 0. `place`: row of each slot's
    place in `travel`.
    """
    _, at, n_here = np.unique(place, return_inverse=True, return_counts=True)
    between = travel + LATEST * np.eye(len(travel), dtype=np.int64)
    legs_out = between.min(axis=1)
    is_alone = (n_here[at] == 1) & ~np.isin(place, (team["base"], team["end"]))
    return np.where(is_alone, between.min(axis=0)[place] + legs_out[place], 0).astype(np.int32)


def nearest(travel: Int32s, place: Int32s) -> Int32s:
    """Return up to `most_near` nearest slots of each slot (`Arrays.near`); `place`: row of each slot in `travel`."""
    between = travel[np.ix_(place, place)]
    return np.argsort(between, axis=1, kind="stable")[:, : PARAMETERS.most_near].astype(np.int32)
