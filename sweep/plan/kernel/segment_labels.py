"""
Heuristic labelling that finds the most rewarding segment of a route, with time buckets; compiled.

Each task keeps one label per time bucket, the most rewarding, regardless of its visited tasks. A label is extended to
the nearest tasks alone (granular neighbourhood). The paths are feasible, but the best may be missed.

References
----------
Righini and Salani 2009, Decremental state space relaxation strategies and initialization heuristics for solving the
orienteering problem with time windows with dynamic programming. Toth and Vigo 2003, The granular tabu search.
"""

from typing import NamedTuple

import numpy as np

from geodata.array_types import Float64s, Int64s
from geodata.numba_options import compiled_internal, inner_with_arrays
from sweep.plan.kernel.problem_arrays import LATEST, NONE, Table
from sweep.plan.kernel.route_times import first_start, last_start
from sweep.plan.kernel.search_parameters import PARAMETERS


class Segment(NamedTuple):
    """Problem of filling one segment of a route: row 0 is the stop before the segment, row x + 1 is candidate x."""

    travel: Int64s
    """Travel seconds, (rows, rows)."""
    near: Int64s
    """Other rows of each row by ascending distance, then NONE; those of row 0 in any order, (rows, rows)."""
    window: Table
    """Start windows of each row, with the fields of `Arrays.window`; row 0 is not used, (rows, windows)."""
    service: Int64s
    """Service seconds, (rows,)."""
    until: Int64s
    """Latest end of service at the row, in seconds after midnight, for a feasible stop after the segment, (rows,)."""
    back: Float64s
    """Travel cost of the leg from the row to the stop after the segment, in units of the prizes, (rows,)."""
    prize: Float64s
    """Reward for serving the row, (rows,)."""
    free: int
    """Time at which the team is free before the segment, in seconds after midnight."""
    seconds: int
    """Seconds from `free` to the latest end of service of any row."""
    shift: int
    """Binary logarithm of a bucket's length: a bucket has 2 ** shift seconds."""
    floor: float
    """Reward of the current segment, which a new segment must exceed."""


class SegmentLabels(NamedTuple):
    """Labels (partial segments), at most one for each last row of `Segment` and time bucket, (rows, buckets)."""

    reward: Float64s
    """Prizes less travel costs; -inf where there is no label."""
    richest: Float64s
    """Highest reward of the row's labels up to this bucket."""
    end: Int64s
    """End of service at the row; undefined where there is no label, as are the fields below."""
    parent: Int64s
    """Row and bucket of the parent label, (rows, buckets, 2)."""
    visited: Table
    """Rows that the label has visited, one bit each, (rows, buckets, words)."""


@inner_with_arrays
def best_segment(travel_cost: float, t: Segment) -> Int64s:
    """
    Return the candidates of the most rewarding segment, in order; empty if it does not beat the current segment.

    The reward is prizes less travel costs. Candidate x is row x + 1 of `t`; row 0 is the stop before the segment.
    `travel_cost`: cost per second of travel, in units of the prizes.
    """
    n = t.prize.shape[0]
    closes = _last_starts(t)
    to_come = _most_to_come(t, closes)
    n_parts = PARAMETERS.segment_buckets
    labels = SegmentLabels(
        np.full((n, n_parts), -np.inf), np.full((n, n_parts), -np.inf), np.empty((n, n_parts), np.int64),
        np.empty((n, n_parts, 2), np.int64), np.empty((n, n_parts, n // 64 + 1), np.uint64),
    )  # fmt: skip
    x, part = _grow(travel_cost, t, closes, to_come, labels)
    found, n_found = np.empty(n, np.int64), 0
    while x > 0:
        found[n_found] = x - 1
        n_found += 1
        x, part = labels.parent[x, part, 0], labels.parent[x, part, 1]
    return found[:n_found][::-1].copy()


@compiled_internal
def _grow(travel_cost: float, t: Segment, closes: Int64s, to_come: Float64s, labels: SegmentLabels) -> tuple[int, int]:
    """
    Extend all labels that can improve; return (row, bucket) of the last label of the best segment.

    The row is 0 if no segment beats the current one. `closes`: latest start of each row. `to_come`: upper bound on the
    prizes still to collect, by time bucket.
    """
    reward, richest, end, parent, visited = labels
    n, n_words, one = t.prize.shape[0], visited.shape[2], np.uint64(1)
    reward[0, 0], end[0, 0] = 0.0, t.free
    for word in range(n_words):
        visited[0, 0, word] = 0
    best, best_x, best_part = t.floor, 0, 0
    for part in range(PARAMETERS.segment_buckets):
        for x in range(n):
            gained = reward[x, part]
            # A dominating label may have been created later.
            if gained + to_come[part] <= best or richest[x, part] > gained:
                continue
            n_left = PARAMETERS.segment_successors
            for z in range(n - 1):
                y = t.near[x, z]
                if y == NONE or n_left == 0:
                    break
                soonest = end[x, part] + t.travel[x, y]
                if soonest > closes[y] or visited[x, part, y // 64] >> np.uint64(y % 64) & one:
                    continue
                start = first_start(t, y, soonest)
                n_left -= start == soonest
                over = start + t.service[y]
                then, total = (over - t.free) >> t.shift, gained + t.prize[y] - travel_cost * t.travel[x, y]
                # An extended label must not change, as its descendants trace back through it.
                is_past = then == part and y <= x
                if is_past or richest[y, then] >= total or total + to_come[then] <= best:
                    continue
                reward[y, then], end[y, then] = total, over
                parent[y, then, 0], parent[y, then, 1] = x, part
                for word in range(n_words):
                    visited[y, then, word] = visited[x, part, word]
                visited[y, then, y // 64] |= one << np.uint64(y % 64)
                for later in range(then, PARAMETERS.segment_buckets):
                    if richest[y, later] >= total:
                        break
                    richest[y, later] = total
                if total - t.back[y] > best:
                    best, best_x, best_part = total - t.back[y], y, then
    return best_x, best_part


@inner_with_arrays
def _last_starts(t: Segment) -> Int64s:
    """Return the latest start of each row (task) from which the stop after the segment is reached in time, (rows,)."""
    closes = np.empty(t.prize.shape[0], np.int64)
    for y in range(closes.shape[0]):
        start = last_start(t, y, t.until[y] - t.service[y])
        closes[y] = -LATEST if start == NONE else start
    return closes


@inner_with_arrays
def _most_to_come(t: Segment, closes: Int64s) -> Float64s:
    """Return an upper bound on the prizes still to collect, by time bucket, (buckets,); `closes`: latest starts."""
    n = t.prize.shape[0]
    seconds = np.empty(n, np.float64)
    for y in range(1, n):
        least = LATEST
        for x in range(n):
            if x != y:
                least = min(least, int(t.travel[x, y]))
        seconds[y] = max(1e-3, t.service[y] + least)
    by_rate = np.argsort(-t.prize[1:] / seconds[1:]) + 1
    most = np.zeros(PARAMETERS.segment_buckets, np.float64)
    for part in range(PARAMETERS.segment_buckets):
        now = part << t.shift
        room = float(t.seconds - now)
        for y in by_rate:
            if room <= 0.0:
                break
            if closes[y] >= t.free + now:
                most[part] += t.prize[y] * min(1.0, room / seconds[y])
                room -= seconds[y]
    return most
