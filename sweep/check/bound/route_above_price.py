"""
Search for a route that collects more prizes than its team's price: ng-route labelling with dominance.

A prize is the dual price of one team position of a visit in the proof; the price bounds the prizes of a team's route.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from geodata.array_types import Bools, Int64s
from sweep.check.bound.bound_problem import UNREACHABLE_S
from sweep.records.people import BreakTime

type Bits = NDArray[np.uint64]

# Partial routes above which the search for one team is abandoned; block size of dominance comparisons; comparisons
# allowed per bound, about a minute; comparisons charged for each step of the search.
MOST_LABELS, BLOCK_SIZE, MOST_PAIRS, PAIRS_A_STEP = 60_000, 1_000, 6_000_000_000, 10_000
# Binary logarithm of the most time buckets of a shift, in which the rest of a route is bounded.
BUCKET_BITS = 7
# Largest sum of prizes in steps that floats represent exactly.
MOST_STEPS = 1 << 52


class WorkLimitError(Exception):
    """Raised when the search needs more partial routes or comparisons than its limit."""


@dataclass
class WorkBudget:
    """Work that the verifier may still do, in comparisons of two partial routes."""

    n_pairs: int = MOST_PAIRS
    """Remaining comparisons of two partial routes."""

    def take(self, n_pairs: int) -> None:
        """Deduct `n_pairs` comparisons from the budget; raise WorkLimitError if it is exceeded."""
        self.n_pairs -= n_pairs
        if self.n_pairs < 0:
            raise WorkLimitError


@dataclass(frozen=True, slots=True)
class Stops:
    """Stops that a team may make, each with its prize; routes begin and end at the base."""

    seconds: Int64s
    """Service seconds, (stops,)."""
    prize: Int64s
    """Prize of each stop, > 0, in steps of the proof's prices, (stops,)."""
    windows: tuple[tuple[tuple[int, int], ...], ...]
    """Start windows of each stop in ascending order, seconds after midnight, both ends inclusive."""
    travel: Int64s
    """Travel seconds between stops, which keep the triangle inequality, (stops, stops)."""
    out: Int64s
    """Travel seconds from the base to each stop, (stops,)."""
    back: Int64s
    """Travel seconds from each stop to the base at the end, (stops,)."""
    shift_s: tuple[int, int]
    """Start and end of the team's shift, seconds after midnight."""
    break_time: BreakTime | None
    """Break that the team takes at its base or after a stop; None if it needs none."""
    cannot_follow: Bools
    """Whether a route that makes stop i cannot make stop j later, at [i, j], (stops, stops)."""
    remembered: Bools
    """Whether a route at stop i remembers an earlier stop j and cannot repeat it (ng-route), (stops i, stops j)."""


class Labels(NamedTuple):
    """Labels: partial routes that all end at the same stop."""

    end: Int64s
    """End of service at the stop, or of the break if taken there, in seconds after midnight, (routes,)."""
    is_rested: Bools
    """Whether the break was taken or is not needed, (routes,)."""
    prizes: Int64s
    """Sum of the prizes collected, in steps of the proof's prices, (routes,)."""
    excluded: Bits
    """Stops to which the partial route cannot be extended, one bit each, (routes, words)."""


def has_route_above(stops: Stops, price: int, work: WorkBudget) -> bool:
    """
    Return whether the prizes of some route add up to more than `price`, the dual price of the team.

    The search also admits some routes that repeat a stop (ng-route relaxation): False is proven, True may be wrong.
    WorkLimitError is raised if the search exceeds `work` or the number of partial routes. `price` is in the steps (of
    value) of `Stops.prize`.

    References
    ----------
    Baldacci, Mingozzi and Roberti 2011, New route relaxation and pricing strategies for the vehicle routing problem.
    """
    return int(stops.prize.sum()) > price and _Search(stops, price, work).is_found()


class _Search:
    def __init__(self, stops: Stops, price: int, work: WorkBudget) -> None:
        self._stops, self._price, self._work = stops, price, work
        n = len(stops.prize)
        home = stops.shift_s[1] - stops.back - stops.seconds
        last = [_last_start(windows, t) for windows, t in zip(stops.windows, home.tolist(), strict=True)]
        self._latest = np.array(last, np.int64)[None, :] - stops.travel
        """Latest end at stop i from which stop j is reached in time, (stops i, stops j)."""
        self._last_starts = last
        self._neighbours = as_bits(_neighbourhoods(stops))
        self._cannot_follow = as_bits(stops.cannot_follow | np.eye(n, dtype=np.bool_))
        self._unreachable = [_UnreachableStops.after(limits) for limits in self._latest]
        work.take((n + 1) ** 2 << BUCKET_BITS)
        self._completion = _CompletionBounds.of(stops, self._latest)
        n_words = self._neighbours.shape[1]
        start = Labels(
            np.array(stops.shift_s[:1], np.int64),
            np.array([stops.break_time is None]),
            np.zeros(1, np.int64),
            np.zeros((1, n_words), np.uint64),
        )
        self._kept = [_selected(start, np.zeros(0, np.int64))] * n
        self._base = self._rested(start, 0)
        """Labels at the base: at the start of the shift, and after a break there."""

    def is_found(self) -> bool:
        n = len(self._stops.prize)
        fresh = [self._from_base(j) for j in range(n)]
        while any(len(partial.end) for partial in fresh):
            # A route is complete once its break is taken.
            if any((partial.is_rested & (partial.prizes > self._price)).any() for partial in fresh):
                return True
            at = np.repeat(np.arange(n), [len(partial.end) for partial in fresh])
            before = Labels(*(np.concatenate(column) for column in zip(*fresh, strict=True)))
            fresh = [self._extended(j, at, before) for j in range(n)]
        return False

    def _from_base(self, j: int) -> Labels:
        begin = self._base.end + self._stops.out[j]
        rows = np.flatnonzero(begin <= self._last_starts[j])
        return self._new(j, begin[rows], _selected(self._base, rows))

    def _extended(self, j: int, at: Int64s, before: Labels) -> Labels:
        is_open = before.excluded[:, j // 64] >> np.uint64(j % 64) & np.uint64(1) == 0
        rows = np.flatnonzero(is_open & (before.end <= self._latest[at, j]))
        arrive = before.end[rows] + self._stops.travel[at[rows], j]
        return self._new(j, arrive, _selected(before, rows))

    def _new(self, j: int, arrive: Int64s, before: Labels) -> Labels:
        """Extend routes `before` to stop `j`, reached at `arrive`; return undominated ones that may beat the price."""
        s = self._stops
        end = _first_starts(s.windows[j], arrive) + s.seconds[j]
        new = self._rested(before._replace(end=end, prizes=before.prizes + s.prize[j]), s.back[j])
        new = _selected(new, new.prizes + self._completion.most(j, new.end, new.is_rested) > self._price)
        excluded = new.excluded & self._neighbours[j] | self._cannot_follow[j] | self._unreachable[j].at(new.end)
        new = _without_duplicates(new._replace(excluded=excluded))
        self._work.take(PAIRS_A_STEP + len(new.end) * (len(new.end) + 2 * len(self._kept[j].end)))
        new = _selected(new, ~_are_dominated(new, new, is_same=True))
        new = _selected(new, ~_are_dominated(new, self._kept[j]))
        old = _selected(self._kept[j], ~_are_dominated(self._kept[j], new))
        self._kept[j] = Labels(*(np.concatenate(pair) for pair in zip(old, new, strict=True)))
        if sum(len(kept.end) for kept in self._kept) > MOST_LABELS:
            raise WorkLimitError
        return new

    def _rested(self, partial: Labels, back_s: int) -> Labels:
        """
        Return partial routes with the break over or still possible, and copies that take it now.

        `back_s`: travel to the base.
        """
        pause, shift_end_s = self._stops.break_time, self._stops.shift_s[1]
        if pause is None:
            return partial
        after = np.maximum(partial.end, pause.earliest_s) + pause.length_s
        has_time = ~partial.is_rested & (partial.end <= pause.latest_s) & (after <= shift_end_s)
        can_return = has_time & (after + back_s <= shift_end_s)
        with_break = _selected(partial, can_return)._replace(
            end=after[can_return], is_rested=np.ones(can_return.sum(), np.bool_)
        )
        without_break = _selected(partial, partial.is_rested | has_time)
        return Labels(*(np.concatenate(pair) for pair in zip(without_break, with_break, strict=True)))


class _UnreachableStops(NamedTuple):
    """Stops that a route can no longer reach in time from one stop, by the end of service at that stop."""

    limits: Int64s
    """Latest end of service from which each other stop is reached in time, ascending."""
    stops: Bits
    """Row k: the stops of the k lowest limits, which are out of reach after them, (stops + 1, words)."""

    @classmethod
    def after(cls, limits: Int64s) -> _UnreachableStops:
        order = np.argsort(limits, kind="stable")
        # Row k: the first k of the order.
        return cls(limits[order], as_bits(np.argsort(order)[None, :] < np.arange(len(limits) + 1)[:, None]))

    def at(self, end: Int64s) -> Bits:
        return self.stops[np.searchsorted(self.limits, end, side="left")]


class _CompletionBounds(NamedTuple):
    """Upper bounds on the prizes of the rest of a route after each stop, by dynamic programming back in time."""

    lo_s: int
    bits: int
    """Binary logarithm of the length of a time bucket in seconds."""
    layers: Int64s
    """Bounds by time bucket: first with the break still to come, then without a break, (2, buckets, stops)."""

    @classmethod
    def of(cls, stops: Stops, latest: Int64s) -> _CompletionBounds:
        (lo, hi), pause = stops.shift_s, stops.break_time
        bits = max(0, max(0, hi - lo).bit_length() - BUCKET_BITS)
        begins = np.arange(lo, hi + 1, 1 << bits)
        after_break = _completion_bounds(
            stops, latest, begins, bits, np.zeros((len(begins), len(stops.prize)), np.int64)
        )
        if pause is None:
            return cls(lo, bits, np.stack([after_break, after_break]))
        after = np.maximum(begins, pause.earliest_s) + pause.length_s
        has_time = (begins <= pause.latest_s) & (after <= hi)
        at_break = np.where(has_time[:, None], after_break[np.where(has_time, after - lo, 0) >> bits], 0)
        return cls(lo, bits, np.stack([_completion_bounds(stops, latest, begins, bits, at_break), after_break]))

    def most(self, j: int, end: Int64s, is_rested: Bools) -> Int64s:
        """Return the largest sum of prizes that each partial route, at stop `j` until `end`, can still collect."""
        bucket = np.clip((end - self.lo_s) >> self.bits, 0, self.layers.shape[1] - 1)
        most: Int64s = self.layers[is_rested.astype(np.int64), bucket, j]
        return most


def _completion_bounds(stops: Stops, latest: Int64s, begins: Int64s, bits: int, at_break: Int64s) -> Int64s:
    """
    Return upper bounds on the prizes of the rest of a route from the begin of each time bucket, (buckets, stops).

    Each end of service is rounded down to its bucket, and a visit may start between its windows. The rest of a route
    does not return to a stop at the next stop but one (2-cycle elimination). `at_break` holds the bounds if the break
    comes first, or 0. `latest`: latest end at stop i to reach stop j in time, (stops i, stops j). `begins`: begin of
    each bucket in seconds; `bits`: binary logarithm of its length.
    """
    n, n_buckets = len(stops.prize), len(begins)
    row, nothing = np.arange(n), np.zeros((n, 1), np.int64)
    opens = np.array([_first_starts(windows, begins[:1])[0] if n_buckets else 0 for windows in stops.windows], np.int64)
    limits = np.where(stops.cannot_follow, -UNREACHABLE_S, latest)
    best, second = np.zeros((n_buckets + 1, n), np.int64), np.zeros((n_buckets + 1, n), np.int64)
    following = np.full((n_buckets + 1, n), n)
    for b in range(n_buckets - 1, -1, -1):
        ends = np.maximum(begins[b] + stops.travel, opens) + stops.seconds
        at = np.minimum((ends - begins[0]) >> bits, n_buckets)
        rest = np.where(following[at, row] == row[:, None], second[at, row], best[at, row])
        # A stop within one bucket: the bound is all prizes.
        more = stops.prize + np.where(at > b, rest, stops.prize.sum())
        found = np.hstack([np.where(begins[b] <= limits, more, 0), nothing + at_break[b][:, None]])
        # A bound of the next bucket is one of this bucket, so that bounds never rise with time.
        found[row, following[b + 1]] = np.maximum(found[row, following[b + 1]], best[b + 1])
        following[b] = found.argmax(axis=1)
        best[b] = found[row, following[b]]
        found[row, following[b]] = 0
        second[b] = np.maximum(found.max(axis=1), second[b + 1])
    return best[:-1]


def _neighbourhoods(stops: Stops) -> Bools:
    """
    Return whether a route at stop i remembers that it can no longer make stop j (ng-route), (stops i, stops j).

    A stop remembers the nearest stops, ties included, those in `Stops.remembered`, and stops that cannot share a route
    with one of these. With few stops in all, it remembers every one.
    """
    # Above `few_stops`, a stop remembers only its `most_near` nearest; a route may revisit the others.
    few_stops, most_near = 20, 10
    n = len(stops.prize)
    if n <= few_stops:
        return np.ones((n, n), np.bool_)
    legs_s = np.minimum(stops.travel, stops.travel.T) - np.eye(n, dtype=np.int64)
    near = (legs_s <= np.sort(legs_s, axis=1)[:, most_near - 1 : most_near]) | stops.remembered
    related = (stops.cannot_follow | stops.cannot_follow.T) & ~np.eye(n, dtype=np.bool_)
    return near | (near.astype(np.int64) @ related.astype(np.int64) > 0)


def _first_starts(windows: tuple[tuple[int, int], ...], t: Int64s) -> Int64s:
    """Return the first permitted start at or after each time; each time must have one."""
    start = np.full(len(t), UNREACHABLE_S, np.int64)
    for lo, hi in windows:
        start = np.where(t <= hi, np.minimum(start, np.maximum(t, lo)), start)
    return start


def _last_start(windows: tuple[tuple[int, int], ...], t: int) -> int:
    return max((min(hi, t) for lo, hi in windows if lo <= min(hi, t)), default=-UNREACHABLE_S)


def _selected(partial: Labels, rows: Bools | Int64s) -> Labels:
    return Labels(partial.end[rows], partial.is_rested[rows], partial.prizes[rows], partial.excluded[rows])


def _without_duplicates(partial: Labels) -> Labels:
    columns = np.column_stack([partial.end, partial.is_rested, partial.prizes, partial.excluded.view(np.int64)])
    return _selected(partial, np.unique(columns, axis=0, return_index=True)[1])


def _are_dominated(partial: Labels, by: Labels, *, is_same: bool = False) -> Bools:
    """
    Return which labels of `partial` a label of `by` dominates in end, prizes, reachable stops and break, (labels,).

    With `is_same`, `by` are the same labels, and a label does not dominate itself.
    """
    beaten = np.zeros(len(partial.end), np.bool_)
    for first in range(0, len(beaten), BLOCK_SIZE):
        rows = slice(first, first + BLOCK_SIZE)
        is_beaten = (by.end[:, None] <= partial.end[rows]) & (by.prizes[:, None] >= partial.prizes[rows])
        is_beaten &= by.is_rested[:, None] | ~partial.is_rested[rows]
        for w in range(partial.excluded.shape[1]):
            is_beaten &= (by.excluded[:, w, None] & ~partial.excluded[rows, w]) == 0
        beaten[rows] = is_beaten.sum(axis=0) > is_same
    return beaten


def as_bits(flags: Bools) -> Bits:
    """Pack the flags of each row into 64-bit words, lowest bit first, (rows, words)."""
    n_words = max(1, -(-flags.shape[1] // 64))
    padded = np.zeros((len(flags), 64 * n_words), np.bool_)
    padded[:, : flags.shape[1]] = flags
    return np.packbits(padded, axis=1, bitorder="little").view(np.uint64)
