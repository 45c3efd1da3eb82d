"""Pricing problem: the routes of one team with the highest reward."""

from collections.abc import Callable

import numpy as np

from geodata.array_types import Float64s
from sweep.plan.bound.route_labelling import Labels, grow_labels, make_front, make_labels
from sweep.plan.bound.team_times import TaskWindows, TeamKind
from sweep.plan.kernel.problem_arrays import NONE

# Labels compared in one call, about a tenth of a second.
COMPARED_AT_ONCE = 3_000_000


def best_routes(
    team: TeamKind,
    windows: TaskWindows,
    prize: Float64s,
    least: float,
    n_routes: int,
    most_compared: int,
    should_continue: Callable[[], bool],
) -> tuple[float, list[list[int]]]:
    """
    Return the highest reward of a route (at least `least`), and up to `n_routes` routes with more than `least`.

    The reward of a route is the sum of its tasks' prizes. Of the routes with the same last task only the best is
    returned. The returned reward is infinite if the labelling stopped early: after about `most_compared` comparisons of
    labels, when `should_continue` returned false, or at the limit of labels. The count of comparisons is the same on
    any machine.
    """
    # Storage limits; without a complete labelling the reward is no bound.
    few_labels, max_labels = 10_000, 1_000_000
    room = few_labels
    while True:
        labels, front = make_labels(room, team.neighbours.shape[1]), make_front(team, windows, prize)
        compared, has_room = 0, True
        while has_room and not front.is_done and compared <= most_compared and should_continue():
            at_once = min(COMPARED_AT_ONCE, most_compared - compared)
            looked, has_room = grow_labels(team, windows, prize, least, labels, front, at_once)
            compared += looked
        if has_room or room >= max_labels:
            break
        room *= 10
    n = front.n_labels
    # A route is complete once its break is taken.
    reward = np.where(labels.is_rested[:n] & ~labels.is_dead[:n], labels.reward[:n], -1.0)
    order = np.argsort(-reward, kind="stable")
    routes: list[list[int]] = []
    last_tasks: set[int] = set()
    for row in order:
        if reward[row] <= least or len(routes) >= n_routes:
            break
        if int(labels.task[row]) not in last_tasks:
            last_tasks.add(int(labels.task[row]))
            routes.append(_tasks(labels, int(row)))
    return max(least, float(reward.max(initial=0.0))) if front.is_done else np.inf, routes


def _tasks(labels: Labels, row: int) -> list[int]:
    tasks = []
    while labels.task[row] != NONE:
        tasks.append(int(labels.task[row]))
        row = int(labels.parent[row])
    return tasks[::-1]
