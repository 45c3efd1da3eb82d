"""The most rewarding routes of one team: the pricing problem of the bound."""

from collections.abc import Callable

import numpy as np

from geodata.array_types import Float64s
from sweep.plan.bound.route_labelling import Labels, grow_labels, make_front, make_labels
from sweep.plan.bound.team_times import TeamKind, Windows
from sweep.plan.kernel.problem_arrays import NONE

# Labels compared in one go, a tenth of a second's worth, about.
COMPARED_AT_ONCE = 3_000_000


def best_routes(
    team: TeamKind,
    windows: Windows,
    prize: Float64s,
    least: float,
    n_routes: int,
    most_compared: int,
    may_go_on: Callable[[], bool],
) -> tuple[float, list[list[int]]]:
    """
    The highest reward of any route or `least`, and the best routes above that, one for each last task at most.

    The reward is infinite if the search was given up: once about `most_compared` labels were compared, which is counted
    and not timed to be the same on any machine, or when `may_go_on` says no.
    """
    # Labels beyond this many are not made: the answer is then no bound, and the caller sees it.
    few_labels, max_labels = 10_000, 1_000_000
    room = few_labels
    while True:
        labels, front = make_labels(room, team.neighbours.shape[1]), make_front(team, windows, prize)
        compared, has_room = 0, True
        while has_room and not front.is_done and compared <= most_compared and may_go_on():
            at_once = min(COMPARED_AT_ONCE, most_compared - compared)
            looked, has_room = grow_labels(team, windows, prize, least, labels, front, at_once)
            compared += looked
        if has_room or room >= max_labels:
            break
        room *= 10
    n = front.n_labels
    # A route is whole once there is no break to come.
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
