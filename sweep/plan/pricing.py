"""
The most rewarding route of one team, by labels: the pricing problem of the bound, compiled.

A label is a partial route: where it ends, when service there is over, what it has collected, and which tasks it may
not go back to. Routes may visit a task twice only outside its neighbourhood (ng-routes), so the best reward found is
never below that of the best true route.

References
----------
Baldacci, Mingozzi and Roberti 2011, New route relaxation and pricing strategies for the vehicle routing problem.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from sweep.compiled import compiled

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]

NONE, TOO_LONG = -1, -2
# A label beyond this many gives up: the answer is then no bound, and the caller is told.
FEW_LABELS, MAX_LABELS = 10_000, 1_000_000
# So is a search that compares labels more often than this: some seconds. Counted, not timed, to be the same anywhere.
MAX_COMPARED = 300_000_000
TINY = 1e-9


class Crew(NamedTuple):
    """Teams that are alike to the bound: same base, same shift, same time at every task."""

    travel: Ints
    """Seconds from task to task, (tasks, tasks)."""
    out: Ints
    """From the base to each task, (tasks,)."""
    back: Ints
    """From each task to the base, (tasks,)."""
    service: Ints
    """(tasks,)."""
    window_lo: Ints
    """(tasks, windows)."""
    window_hi: Ints
    shift_lo: int
    shift_hi: int
    neighbours: NDArray[np.uint64]
    """The tasks that each task remembers, a bit each, (tasks, words)."""


class Labels(NamedTuple):
    """Labels in the order they were made."""

    task: Ints
    end: Ints
    """When service is over."""
    reward: Floats
    parent: Ints
    is_dead: NDArray[np.bool_]
    """Another label at the task is as early, as rich and as free."""
    visited: NDArray[np.uint64]
    """(labels, words)."""
    following: Ints
    """The label made before at the same task."""


def make_labels(n: int, n_words: int) -> Labels:
    """Room for `n` labels."""
    return Labels(
        np.empty(n, np.int64),
        np.empty(n, np.int64),
        np.empty(n, np.float64),
        np.empty(n, np.int64),
        np.zeros(n, np.bool_),
        np.zeros((n, n_words), np.uint64),
        np.empty(n, np.int64),
    )


def neighbour_bits(travel: Ints, size: int) -> NDArray[np.uint64]:
    """The `size` nearest tasks of each, itself included, as bits; (tasks, words)."""
    n = len(travel)
    bits = np.zeros((n, max(1, -(-n // 64))), np.uint64)
    near = np.argsort(np.minimum(travel, travel.T) - np.eye(n, dtype=np.int64), axis=1, kind="stable")[:, :size]
    for i in range(n):
        for j in near[i]:
            bits[i, j // 64] |= np.uint64(1) << np.uint64(j % 64)
    return bits


@compiled
def _start(crew: Crew, i: int, t: int) -> int:
    for w in range(crew.window_lo.shape[1]):
        if crew.window_hi[i, w] >= t and crew.window_lo[i, w] <= crew.window_hi[i, w]:
            return int(max(t, crew.window_lo[i, w]))
    return NONE


@compiled
def _n_compared(labels: Labels, heads: Ints, i: int, end: int, reward: float, visited: NDArray[np.uint64]) -> int:
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
            if subset and labels.end[at] <= end and labels.reward[at] >= reward - TINY:
                return -n
            if superset and end <= labels.end[at] and reward >= labels.reward[at] - TINY:
                labels.is_dead[at] = True
        at = labels.following[at]
    return n


@compiled
def grow_labels(crew: Crew, prize: Floats, labels: Labels) -> int:
    """
    Make all labels that matter; how many, NONE if there is no room for them, TOO_LONG if they take too long.

    Parameters
    ----------
    prize
        Reward of each task, (tasks,); tasks of none are passed over, which costs no reward where travel keeps the
        triangle inequality.
    """
    n_tasks, n_words = prize.shape[0], crew.neighbours.shape[1]
    heads = np.full(n_tasks, NONE, np.int64)
    visited = np.zeros(n_words, np.uint64)
    n, first, compared = 0, 0, 0
    one = np.uint64(1)
    for i in range(n_tasks):
        if prize[i] <= TINY:
            continue
        start = _start(crew, i, crew.shift_lo + crew.out[i])
        if start == NONE or start + crew.service[i] + crew.back[i] > crew.shift_hi:
            continue
        visited[:] = 0
        visited[i // 64] |= one << np.uint64(i % 64)
        labels.task[n], labels.end[n], labels.reward[n] = i, start + crew.service[i], prize[i]
        labels.parent[n], labels.is_dead[n], labels.following[n] = NONE, False, heads[i]
        labels.visited[n, :] = visited
        heads[i] = n
        n += 1
    while first < n:
        if not labels.is_dead[first]:
            i = labels.task[first]
            for j in range(n_tasks):
                if prize[j] <= TINY or labels.visited[first, j // 64] >> np.uint64(j % 64) & one:
                    continue
                start = _start(crew, j, labels.end[first] + crew.travel[i, j])
                if start == NONE or start + crew.service[j] + crew.back[j] > crew.shift_hi:
                    continue
                for w in range(n_words):
                    visited[w] = labels.visited[first, w] & crew.neighbours[j, w]
                visited[j // 64] |= one << np.uint64(j % 64)
                end, reward = start + crew.service[j], labels.reward[first] + prize[j]
                looked = _n_compared(labels, heads, j, end, reward, visited)
                compared += abs(looked)
                if compared > MAX_COMPARED:
                    return TOO_LONG
                if looked < 0:
                    continue
                if n >= labels.task.shape[0]:
                    return NONE
                labels.task[n], labels.end[n], labels.reward[n] = j, end, reward
                labels.parent[n], labels.is_dead[n], labels.following[n] = first, False, heads[j]
                labels.visited[n, :] = visited
                heads[j] = n
                n += 1
        first += 1
    return n


def best_routes(crew: Crew, prize: Floats, least: float, n_routes: int) -> tuple[float, list[list[int]]]:
    """
    The highest reward of any route, and the best routes above `least`, one for each last task at most.

    Parameters
    ----------
    prize
        Reward of each task, (tasks,).
    least
        Routes at or below this reward are not wanted.
    n_routes
        At most so many.

    Returns
    -------
    tuple
        The reward, infinite if there was no room to find it; 0 for staying at the base. Then the routes, best first.
    """
    room, n = FEW_LABELS, NONE
    while n == NONE:
        if room > MAX_LABELS:
            break
        labels = make_labels(room, crew.neighbours.shape[1])
        n = grow_labels(crew, prize, labels)
        room *= 10
    if n in (NONE, TOO_LONG):
        return np.inf, []
    if n == 0:
        return 0.0, []
    reward = np.where(labels.is_dead[:n], -1.0, labels.reward[:n])
    order = np.argsort(-reward, kind="stable")
    routes: list[list[int]] = []
    last_tasks: set[int] = set()
    for row in order:
        if reward[row] <= least or len(routes) >= n_routes:
            break
        if int(labels.task[row]) not in last_tasks:
            last_tasks.add(int(labels.task[row]))
            routes.append(_tasks(labels, int(row)))
    return max(0.0, float(reward[order[0]])), routes


def _tasks(labels: Labels, row: int) -> list[int]:
    tasks = []
    while row != NONE:
        tasks.append(int(labels.task[row]))
        row = int(labels.parent[row])
    return tasks[::-1]
