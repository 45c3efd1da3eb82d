"""
All routes of one team that may be the most rewarding, as labels; compiled.

A label is a partial route: where it ends, when service there is over, whether its team has had its break, what it has
collected, and which tasks it may not go to. A break is taken where the team is: at its base, or behind a task. Routes
may visit a task twice only outside its neighbourhood (ng-routes), so the best reward found is never below that of the
best true route.

References
----------
Baldacci, Mingozzi and Roberti 2011, New route relaxation and pricing strategies for the vehicle routing problem.
"""

from typing import NamedTuple

import numpy as np

from geodata.array_types import Bits64, Bools, Float64s, Int64s
from geodata.numba_options import compiled, inlined, inner
from geodata.tuple_by_reference import by_reference
from sweep.plan.bound.team_times import NEVER, TeamKind, Windows, limits_to_leave, rested
from sweep.plan.kernel.knapsack import most_of_rooms
from sweep.plan.kernel.problem_arrays import NONE
from sweep.plan.kernel.route_times import first_start

# Parts of a shift in which labels are sorted by their ends.
N_BUCKETS = 1_000


@by_reference
class Labels(NamedTuple):
    """Labels in the order they were made."""

    task: Int64s
    """NONE at the base, where routes begin."""
    end: Int64s
    """When service is over, and the break if it was taken there."""
    is_rested: Bools
    """Whether the team has had its break, or need not have any."""
    reward: Float64s
    parent: Int64s
    is_dead: Bools
    """Another label at the task is as early, as rich and as free; or it was the base's, and has been gone on from."""
    visited: Bits64
    """(labels, words)."""
    following: Int64s
    """The label made before at the same task."""
    queued: Int64s
    """The label to be gone on from after it, if it ends at about the same time."""


def make_labels(n: int, n_words: int) -> Labels:
    """Room for `n` labels."""
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


@inner
def _n_compared(
    labels: Labels, heads: Int64s, i: int, end: int, is_rested: bool, reward: float, visited: Bits64
) -> int:
    """
    Labels looked at, negative if one at the task is at least as good; those that this one beats are marked dead.

    Dead labels are unhooked on the way, so that they are looked at once only.
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
            for w in range(visited.shape[0]):
                both = labels.visited[at, w] & visited[w]
                subset = subset and both == labels.visited[at, w]
                superset = superset and both == visited[w]
            subset = subset and (labels.is_rested[at] or not is_rested)
            superset = superset and (is_rested or not labels.is_rested[at])
            if subset and labels.end[at] <= end and labels.reward[at] >= reward:
                return -n
            if superset and end <= labels.end[at] and reward >= labels.reward[at]:
                labels.is_dead[at] = True
        at = labels.following[at]
    return n


@compiled
def _most_to_come(team: TeamKind, prize: Float64s, wanted: Int64s, width: int) -> Float64s:
    """
    What the rest of a shift can yield at most, from the start of each part of it.

    A task takes its service and the shortest way to it.
    """
    n_tasks = prize.shape[0]
    seconds = np.empty(wanted.shape[0], np.float64)
    for x in range(wanted.shape[0]):
        j = int(wanted[x])
        way = team.out[j]
        for i in range(n_tasks):
            if i != j:
                way = min(way, team.travel[i, j])
        seconds[x] = team.service[j] + way
    rooms = team.shift_hi - team.shift_lo - width * np.arange(N_BUCKETS + 1)
    return most_of_rooms(prize[wanted], seconds, rooms.astype(np.float64))


@by_reference
class Front(NamedTuple):
    """How far the labels have grown, so that they can be left and gone on with."""

    wanted: Int64s
    """Tasks that have a prize."""
    limits: Int64s
    """Latest end at one task to be in time at another, (tasks, tasks)."""
    to_come: Float64s
    """What the rest of a shift can yield at most, by bucket."""
    width: int
    """Seconds of a bucket."""
    heads: Int64s
    """Newest label of each task."""
    buckets: Int64s
    """Newest label to be gone on from in each bucket."""
    at: Int64s
    """Labels made, and the bucket at hand."""

    @property
    def n_labels(self) -> int:
        """Labels made."""
        return int(self.at[0])

    @property
    def is_done(self) -> bool:
        """Whether all labels that matter are made."""
        return bool(self.at[1] > N_BUCKETS)


def make_front(team: TeamKind, windows: Windows, prize: Float64s) -> Front:
    """
    The front before the first label, for the prize of each task, such that sums are exact (`master.STEPS`), (tasks,).

    Tasks without a prize are passed over, which costs no reward where travel keeps the triangle inequality.
    """
    wanted = np.flatnonzero(prize > 0.0)
    width = (team.shift_hi - team.shift_lo) // N_BUCKETS + 1
    return Front(
        wanted,
        limits_to_leave(team, windows),
        _most_to_come(team, prize, wanted, width),
        width,
        np.full(len(prize), NONE, np.int64),
        np.full(N_BUCKETS + 1, NONE, np.int64),
        np.zeros(2, np.int64),
    )


@inlined
def _bucket(team: TeamKind, front: Front, t: int) -> int:
    """The part of the shift in which a moment lies."""
    return int((t - team.shift_lo) // front.width)


@inner
def _begin(team: TeamKind, labels: Labels, front: Front) -> None:
    """Put in the labels that stand for the base: that of a team at the start of its shift, and after a break there."""
    may_rest, after = team.break_s > 0, rested(team, team.shift_lo)
    if team.shift_lo > team.shift_hi:
        return
    _put(team, labels, front, NONE, team.shift_lo, not may_rest, 0.0, NONE)
    if may_rest and team.shift_lo < after <= team.shift_hi:
        _put(team, labels, front, NONE, after, True, 0.0, NONE)


@inner
def _put(
    team: TeamKind, labels: Labels, front: Front, task: int, end: int, is_rested: bool, reward: float, parent: int
) -> int:
    """A new label in its bucket, which says nothing yet of the tasks it may not go to: its row."""
    n, slot = front.at[0], _bucket(team, front, end)
    labels.task[n], labels.end[n], labels.is_rested[n] = task, end, is_rested
    labels.reward[n], labels.parent[n], labels.is_dead[n] = reward, parent, False
    labels.queued[n] = front.buckets[slot]
    front.buckets[slot] = n
    front.at[0] = n + 1
    return int(n)


@inner
def _next(labels: Labels, front: Front) -> int:
    """The label to be gone on from, taken out of its bucket; NONE if there is none left."""
    while front.at[1] <= N_BUCKETS:
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
    team: TeamKind, windows: Windows, prize: Float64s, least: float, labels: Labels, front: Front, most_compared: int
) -> tuple[int, bool]:
    """
    Make labels that can come to more than `least`; how many were compared, and whether there was room for all of them.

    They are gone on from in order of their ends, about, so that few are that another one beats later. Once more than
    `most_compared` are compared, the rest is left for another call.
    """
    n_words, limits = team.neighbours.shape[1], front.limits
    visited = np.zeros(n_words, np.uint64)
    compared, one = 0, np.uint64(1)
    if front.at[0] == 0:
        _begin(team, labels, front)
    while compared <= most_compared:
        first = _next(labels, front)
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
            # Whoever has yet to take a break goes on, or takes it here, if there is time for the way back then.
            for rests in range(1 if was_rested or after + team.back[j] > team.shift_hi else 2):
                is_rested = was_rested or rests == 1
                if reward + front.to_come[_bucket(team, front, after if is_rested else end + team.break_s)] <= least:
                    break
                free = after if is_rested else end
                # What can no longer be reached is as good as visited: it makes more labels comparable.
                for m in front.wanted:
                    if free > limits[j, m]:
                        visited[m // 64] |= one << np.uint64(m % 64)
                looked = _n_compared(labels, front.heads, j, free, is_rested, reward, visited)
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
