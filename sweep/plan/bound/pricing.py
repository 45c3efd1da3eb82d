"""Pricing problem: the routes of one team with the highest reward."""

from collections.abc import Callable
from typing import NamedTuple

import numpy as np

from geodata.array_types import Float64s
from sweep.plan.bound.route_labelling import LabellingState, Labels, grow_labels, make_front, make_labels
from sweep.plan.bound.team_kind_arrays import TaskWindows, TeamKind
from sweep.plan.kernel.problem_arrays import NONE

# Labels compared in one call, about a tenth of a second.
COMPARED_AT_ONCE = 3_000_000
# Labels stored in each attempt; without a complete labelling the reward is no bound.
LABELS_STORED = (10_000, 100_000, 1_000_000)


class PricedRoutes(NamedTuple):
    """Result of pricing one kind of teams: routes with a high reward, and an upper bound on the reward of any route."""

    most: float
    """Upper bound on the reward of any route; never below the argument `least` of `best_routes`."""
    routes: list[list[int]]
    """Routes with a higher reward than `least`, best first; each lists indices in `IdenticalTeams.tasks`, in order."""
    is_complete: bool
    """Whether the labelling was exact and came to its end."""


def best_routes(
    team: TeamKind,
    windows: TaskWindows,
    prize: Float64s,
    least: float,
    n_routes: int,
    most_compared: int,
    should_continue: Callable[[], bool],
    *,
    front: LabellingState | None = None,
    is_rough: bool = False,
) -> PricedRoutes:
    """
    Return an upper bound on the reward of one team's route, and the best routes, by labelling.

    The reward of a route is the sum of the prizes of its tasks. Of the routes with the same last task only the best is
    returned. The labelling ends early after `most_compared` comparisons, if `should_continue` returns false, or if the
    labels exceed the storage. If it ends early or is rough, the bound is the weaker one of `front`
    (`LabellingState.most`), which is valid in every case.

    Parameters
    ----------
    prize
        Prize of each task, >= 0, shape (tasks,).
    least
        Only routes with a higher reward are returned; the bound is never lower. In the unit of `prize`.
    n_routes
        Most routes to return.
    most_compared
        Number of label comparisons after which the labelling ends, the same on every machine.
    front
        Initial state from `make_front` for these prizes; None: made here.
    is_rough
        Whether dominance ignores visited tasks, which saves most of the time. The best routes may be missed.
    """
    front = make_front(team, windows, prize) if front is None else front
    if front.most <= least:
        return PricedRoutes(least, [], is_complete=True)
    for capacity in LABELS_STORED:
        labels, front = make_labels(capacity, team.neighbours.shape[1]), front.again()
        compared, has_room = 0, True
        while has_room and not front.is_done and compared <= most_compared and should_continue():
            at_once = min(COMPARED_AT_ONCE, most_compared - compared)
            looked, has_room = grow_labels(team, windows, prize, least, labels, front, at_once, is_rough)
            compared += looked
        if has_room:
            break
    n = front.n_labels
    # A route is complete once its break is taken.
    reward = np.where(labels.is_rested[:n] & ~labels.is_dead[:n], labels.reward[:n], -1.0)
    is_complete = front.is_done and not is_rough
    most = max(least, float(reward.max(initial=0.0))) if is_complete else front.most
    return PricedRoutes(most, _best_of(labels, reward, least, n_routes), is_complete)


def _best_of(labels: Labels, reward: Float64s, least: float, n_routes: int) -> list[list[int]]:
    routes: list[list[int]] = []
    last_tasks: set[int] = set()
    for row in np.argsort(-reward, kind="stable"):
        if reward[row] <= least or len(routes) >= n_routes:
            break
        if int(labels.task[row]) not in last_tasks:
            last_tasks.add(int(labels.task[row]))
            routes.append(_tasks(labels, int(row)))
    return routes


def _tasks(labels: Labels, row: int) -> list[int]:
    tasks = []
    while labels.task[row] != NONE:
        tasks.append(int(labels.task[row]))
        row = int(labels.parent[row])
    return tasks[::-1]
