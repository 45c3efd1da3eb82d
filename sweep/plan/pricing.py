"""The most rewarding routes of one team: the pricing problem of the bound."""

from __future__ import annotations

import numpy as np

from sweep.plan.labels import Labels, grow_labels, make_labels
from sweep.plan.timing import NONE, Crew, Floats, Windows

# Labels beyond this many are not made: the answer is then no bound, and the caller is told.
FEW_LABELS, MAX_LABELS = 10_000, 1_000_000


def best_routes(
    crew: Crew, windows: Windows, prize: Floats, least: float, n_routes: int, most_compared: int
) -> tuple[float, list[list[int]]]:
    """
    The highest reward of any route or `least`, and the best routes above that, one for each last task at most.

    Parameters
    ----------
    prize
        Reward of each task, (tasks,).
    least
        Routes at or below this reward are not wanted.
    n_routes
        At most so many.
    most_compared
        Labels are compared about so often, then the search is given up. Counted, not timed, to be the same anywhere.

    Returns
    -------
    tuple
        The reward, infinite if the search was given up; then the routes, best first.
    """
    room = FEW_LABELS
    while True:
        labels = make_labels(room, crew.neighbours.shape[1])
        n, is_complete = grow_labels(crew, windows, prize, least, labels, most_compared)
        if n < room or room >= MAX_LABELS:
            break
        room *= 10
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
    return max(least, float(reward.max(initial=0.0))) if is_complete else np.inf, routes


def _tasks(labels: Labels, row: int) -> list[int]:
    tasks = []
    while row != NONE:
        tasks.append(int(labels.task[row]))
        row = int(labels.parent[row])
    return tasks[::-1]
