"""
Labelling algorithm for the pricing problem: routes of one team by resource extension; compiled.

A label is a partial route. It holds the last task, the end of service, whether the break was taken, the prizes
collected, and the tasks that the route may not visit. The break is taken at the base or after a task. Routes may
revisit a task only outside its neighbourhood (ng-route relaxation). The best reward is therefore never below that of
the best elementary route.

References
----------
Baldacci, Mingozzi and Roberti 2011, New route relaxation and pricing strategies for the vehicle routing problem.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from geodata.array_types import Bits64, Bools, Float64s, Int64s
from geodata.numba_options import compiled, compiled_internal
from geodata.tuple_by_reference import pass_by_reference
from sweep.plan.bound.team_kind_arrays import NEVER, TaskWindows, TeamKind, limits_to_leave, rested
from sweep.plan.kernel.problem_arrays import NONE
from sweep.plan.kernel.route_times import first_start

# Binary logarithm of the most time buckets of a shift, by which labels are ordered, and the rest of a route is bounded.
# The checker has the same: with others it could find routes that are cut off here.
BUCKET_BITS = 7
N_BUCKETS = 1 << BUCKET_BITS
# Buckets by which a label may end later than one that it dominates in rough labelling.
ROUGH_BUCKETS = 4


@pass_by_reference
class Labels(NamedTuple):
    """Labels (partial routes), one per row, in the order of creation."""

    task: Int64s
    """Last task of the partial route; NONE at the base."""
    end: Int64s
    """End of service at the last task, seconds after midnight, or end of the break if it was taken there."""
    is_rested: Bools
    """Whether the break was taken or is not needed."""
    reward: Float64s
    """Sum of the prizes collected."""
    parent: Int64s
    """Row of the label that this one extends; NONE at the base."""
    is_dead: Bools
    """Whether another label at the task dominates this label; for the base's label, whether it has been extended."""
    visited: Bits64
    """Tasks that the route may not visit, one bit per task, (labels, words)."""
    following: Int64s
    """Row of the previous label at the same task (linked list)."""
    queued: Int64s
    """Row of the next label to extend in the same bucket (linked list)."""


def make_labels(n: int, n_words: int) -> Labels:
    """Return empty storage for `n` labels with `n_words` 64-bit words of visited tasks each."""
    return Labels(
        np.empty(n, np.int64),
        np.empty(n, np.int64),
        np.empty(n, np.bool_),
        np.empty(n, np.float64),
        np.empty(n, np.int64),
        np.zeros(n, np.bool_),
        np.zeros((n, n_words), np.uint64),
        np.empty(n, np.int64),
        np.empty(n, np.int64),
    )


@compiled_internal
def _n_compared(
    labels: Labels, heads: Int64s, i: int, end: int, is_rested: bool, reward: float, visited: Bits64, rough_s: int
) -> int:
    """
    Compare a new label of task `i` with earlier ones; return the number compared, negative if one dominates it.

    If `rough_s` is above 0, visited tasks are ignored, and a label that ends up to `rough_s` later may dominate. Labels
    that the new one dominates are marked dead. Dead labels are unlinked, so that they are read only once. `heads`:
    newest label of each task. `end`, `is_rested`, `reward`, `visited`: end of service of the new label, whether its
    break is taken or not needed, its prizes, and its visited tasks.
    """
    at, before, n = heads[i], NONE, 1
    while at != NONE:
        n += 1
        if labels.is_dead[at]:
            if before == NONE:
                heads[i] = labels.following[at]
            else:
                labels.following[before] = labels.following[at]
        else:
            before = at
        if not labels.is_dead[at]:
            subset, superset = True, True
            for w in range(0 if rough_s > 0 else visited.shape[0]):
                both = labels.visited[at, w] & visited[w]
                subset = subset and both == labels.visited[at, w]
                superset = superset and both == visited[w]
            subset = subset and (labels.is_rested[at] or not is_rested)
            superset = superset and (is_rested or not labels.is_rested[at])
            if subset and labels.end[at] <= end + rough_s and labels.reward[at] >= reward:
                return -n
            if superset and end <= labels.end[at] + rough_s and reward >= labels.reward[at]:
                labels.is_dead[at] = True
        at = labels.following[at]
    return n


@compiled
def _most_to_come(
    team: TeamKind, windows: TaskWindows, prize: Float64s, wanted: Int64s, limits: Int64s, bits: int
) -> tuple[Float64s, float]:
    """
    Return upper bounds on the prizes of the rest of a route after each task, and on those of a whole route.

    The method is dynamic programming back in time. Each end of service is rounded down to its bucket; a visit may start
    between its windows. The rest of a route does not return to a task at the next stop but one (2-cycle elimination),
    so the best bound with another next task is kept as well. Shape of the first array: (layers, buckets, tasks); in
    layer 0 the break is still to come, layer 1 needs none. Buckets that no route reaches stay 0: after the latest break
    in layer 0, before the first end of a break in layer 1. `wanted`: tasks with a prize. `limits`: latest ends of
    service, by task and next task. `bits`: binary logarithm of a bucket's seconds.
    """
    n, lo, total, most = prize.shape[0], team.shift_lo, prize[wanted].sum(), 0.0
    best, second = np.zeros((2, N_BUCKETS, n)), np.zeros((2, N_BUCKETS, n))
    following = np.full((2, N_BUCKETS, n), NONE, np.int64)
    opens = np.array([first_start(windows, k, lo) for k in range(n)])
    for layer in range(1, -1 if team.break_s > 0 else 0, -1):
        last = (min(team.break_hi, team.shift_hi) if layer == 0 else team.shift_hi) - lo >> bits
        opened = max(0, team.break_lo + team.break_s - lo >> bits) if layer == 1 and team.break_s > 0 else 0
        for b in range(last, opened - 1, -1):
            t = lo + (b << bits)
            after = rested(team, t) if layer == 0 else NEVER
            for i in wanted:
                first, at, other = 0.0, NONE, 0.0
                if b < last:
                    # Bounds never rise with time; the dominance of labels rests on that.
                    first, at, other = best[layer, b + 1, i], following[layer, b + 1, i], second[layer, b + 1, i]
                if after != NEVER and after <= team.shift_hi:
                    reward = best[1, (after - lo) >> bits, i]
                    if reward > first:
                        first, at, other = reward, NONE, first
                    else:
                        other = max(other, reward)
                for k in wanted:
                    if t > limits[i, k]:
                        continue
                    c = (max(t + team.travel[i, k], opens[k]) + team.service[k] - lo) >> bits
                    if c > last:
                        continue
                    # A stop within one bucket: the bound is all prizes.
                    reward = prize[k] + (best[layer, c, k] if c > b else total)
                    if reward > other and c > b and following[layer, c, k] == i:
                        reward = prize[k] + second[layer, c, k]
                    if k == at:
                        first = max(first, reward)
                    elif reward > first:
                        first, at, other = reward, k, first
                    else:
                        other = max(other, reward)
                best[layer, b, i], following[layer, b, i], second[layer, b, i] = first, at, other
        begin = rested(team, lo) if layer == 1 and team.break_s > 0 else lo
        for k in wanted:
            start = NONE if begin == NEVER else first_start(windows, k, begin + team.out[k])
            end = start + team.service[k]
            if start != NONE and end + team.back[k] <= team.shift_hi:
                most = max(most, prize[k] + best[layer, (end - lo) >> bits, k])
    return best, most


@pass_by_reference
class LabellingState(NamedTuple):
    """State of the labelling between two calls of `grow_labels`."""

    wanted: Int64s
    """Tasks with a positive prize."""
    limits: Int64s
    """Latest end of service at task i from which a team reaches task j and returns in time, (tasks i, tasks j)."""
    to_come: Float64s
    """Upper bounds on the prizes of the rest of a route, (break to come or not, buckets, tasks)."""
    most: float
    """Upper bound on the prizes of any route."""
    bits: int
    """Binary logarithm of the length of a time bucket in seconds."""
    heads: Int64s
    """Newest label of each task."""
    buckets: Int64s
    """Newest label to extend in each bucket."""
    at: Int64s
    """Number of labels created, and the current bucket, (2,)."""

    @property
    def n_labels(self) -> int:
        """Number of labels (partial routes) created so far."""
        return int(self.at[0])

    def again(self) -> LabellingState:
        """Return this state without labels, to repeat the labelling with more storage; other fields are kept."""
        heads, buckets = np.full_like(self.heads, NONE), np.full_like(self.buckets, NONE)
        return self._replace(heads=heads, buckets=buckets, at=np.zeros_like(self.at))

    @property
    def is_done(self) -> bool:
        """Whether all labels have been extended."""
        return bool(self.at[1] >= N_BUCKETS)


def make_front(team: TeamKind, windows: TaskWindows, prize: Float64s) -> LabellingState:
    """
    Return the initial state of the labelling, given the prize of each task, (tasks,).

    Prizes are whole multiples of 1 / `route_master.STEPS`, so that sums are exact. Tasks without a prize are skipped,
    which loses no reward if travel times keep the triangle inequality.
    """
    wanted = np.flatnonzero(prize > 0.0)
    limits, bits = limits_to_leave(team, windows), max(0, (team.shift_hi - team.shift_lo).bit_length() - BUCKET_BITS)
    to_come, most = _most_to_come(team, windows, prize, wanted, limits, bits)
    return LabellingState(
        wanted,
        limits,
        to_come,
        most,
        bits,
        np.full(len(prize), NONE, np.int64),
        np.full(N_BUCKETS, NONE, np.int64),
        np.zeros(2, np.int64),
    )


@compiled_internal
def _begin(team: TeamKind, labels: Labels, front: LabellingState) -> None:
    may_rest, after = team.break_s > 0, rested(team, team.shift_lo)
    if team.shift_lo > team.shift_hi:
        return
    _put(team, labels, front, NONE, team.shift_lo, not may_rest, 0.0, NONE)
    if may_rest and team.shift_lo < after <= team.shift_hi:
        _put(team, labels, front, NONE, after, True, 0.0, NONE)


@compiled_internal
def _put(
    team: TeamKind,
    labels: Labels,
    front: LabellingState,
    task: int,
    end: int,
    is_rested: bool,
    reward: float,
    parent: int,
) -> int:
    """Add a label to its time bucket and return its row; the caller sets the label's visited tasks."""
    n, slot = front.at[0], (end - team.shift_lo) >> front.bits
    labels.task[n], labels.end[n], labels.is_rested[n] = task, end, is_rested
    labels.reward[n], labels.parent[n], labels.is_dead[n] = reward, parent, False
    labels.queued[n] = front.buckets[slot]
    front.buckets[slot] = n
    front.at[0] = n + 1
    return int(n)


@compiled_internal
def _pop_next(labels: Labels, front: LabellingState) -> int:
    while front.at[1] < N_BUCKETS:
        first = front.buckets[front.at[1]]
        if first == NONE:
            front.at[1] += 1
            continue
        front.buckets[front.at[1]] = labels.queued[first]
        if not labels.is_dead[first]:
            return int(first)
    return NONE


@compiled
def grow_labels(
    team: TeamKind,
    windows: TaskWindows,
    prize: Float64s,
    least: float,
    labels: Labels,
    front: LabellingState,
    most_compared: int,
    is_rough: bool,
) -> tuple[int, bool]:
    """
    Extend labels that can exceed the reward `least`; return the number of comparisons, and whether storage sufficed.

    `labels` and `front` are changed in place; the next call continues from there. Labels are extended roughly in order
    of their ends, so that few are dominated later. The call pauses after `most_compared` comparisons. With `is_rough`,
    dominance ignores visited tasks, which may lose every good route.
    """
    n_words, limits = team.neighbours.shape[1], front.limits
    visited = np.zeros(n_words, np.uint64)
    compared, one, rough_s = 0, np.uint64(1), (ROUGH_BUCKETS << front.bits) if is_rough else 0
    if front.at[0] == 0:
        _begin(team, labels, front)
    while compared <= most_compared:
        first = _pop_next(labels, front)
        if first == NONE:
            break
        i, was_rested = labels.task[first], labels.is_rested[first]
        for x in range(front.wanted.shape[0]):
            j = int(front.wanted[x])
            if i == NONE:
                start = first_start(windows, j, labels.end[first] + team.out[j])
                if start == NONE or start + team.service[j] + team.back[j] > team.shift_hi:
                    continue
            else:
                if labels.visited[first, j // 64] >> np.uint64(j % 64) & one or labels.end[first] > limits[i, j]:
                    continue
                start = first_start(windows, j, labels.end[first] + team.travel[i, j])
            reward, end = labels.reward[first] + prize[j], start + team.service[j]
            after = end if was_rested else rested(team, end)
            if after == NEVER or after > team.shift_hi:
                continue
            for w in range(n_words):
                visited[w] = labels.visited[first, w] & team.neighbours[j, w] | team.barred[j, w]
            # A team without its break drives on, or takes it here if it can still return in time.
            for rests in range(1 if was_rested or after + team.back[j] > team.shift_hi else 2):
                is_rested = was_rested or rests == 1
                free = after if is_rested else end
                if reward + front.to_come[int(is_rested), (free - team.shift_lo) >> front.bits, j] <= least:
                    continue
                # Unreachable tasks count as visited, which makes more labels comparable.
                for m in front.wanted:
                    if free > limits[j, m]:
                        visited[m // 64] |= one << np.uint64(m % 64)
                looked = _n_compared(labels, front.heads, j, free, is_rested, reward, visited, rough_s)
                compared += abs(looked)
                if looked < 0:
                    continue
                if front.at[0] >= labels.task.shape[0]:
                    return compared, False
                n = _put(team, labels, front, j, free, is_rested, reward, first)
                labels.visited[n, :] = visited
                labels.following[n] = front.heads[j]
                front.heads[j] = n
        if i == NONE:
            labels.is_dead[first] = True
    return compared, True
