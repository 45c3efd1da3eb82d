"""When visits are late and who is not wanted where, as the compiled search reads it."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from sweep.plan.kernel.arrays import EXTRA, LATEST, NONE, Table
from sweep.plan.problem.problem import Problem
from sweep.records.people import Team
from sweep.records.visits import Slot, Visit


def is_soft(problem: Problem) -> bool:
    """Whether anything costs but the road and unequal duties."""
    w = problem.weights
    is_late = any(v.due_s is not None or v.dues_s for v in problem.visits)
    is_choosy = any(v.preferred for v in problem.visits)
    costs = (w.overtime, w.waiting, w.largest_idle, w.largest_duty, w.uneven_work)
    return any(costs) or (is_late and w.lateness + w.largest_lateness > 0) or (is_choosy and w.unpreferred > 0)


def with_soft_rows(
    problem: Problem,
    tasks: Sequence[tuple[Visit, Slot]],
    teams: Sequence[Team],
    task: Table,
    n_windows: int,
    extra: Table,
) -> Table:
    """`extra` with the rows behind it that `Arrays.extra` tells of last; where tasks find theirs goes into `task`."""
    rows: list[tuple[int, int, float]] = []
    known: dict[tuple[object, ...], int] = {}
    for i, (visit, _) in enumerate(tasks):
        dues = visit.dues_s or (LATEST if visit.due_s is None else visit.due_s,) * n_windows
        key = (dues, visit.is_due_at_end, visit.preferred)
        if key not in known:
            known[key] = len(extra) + len(rows)
            dues += dues[-1:] * (n_windows - len(dues))
            rows += [(int(visit.is_due_at_end), due, 0.0) for due in dues]
            rows += [(NONE, 0, _dislike(problem, visit, team)) for team in teams]
        task["soft"][i] = known[key]
    never = len(extra) + len(rows)
    task["soft"][len(tasks) :] = never
    rows += (n_windows + len(teams)) * [(0, LATEST, 0.0)]
    return np.concatenate([extra, np.array(rows, EXTRA)])


def _dislike(problem: Problem, visit: Visit, team: Team) -> float:
    """What it costs that the team makes the visit."""
    is_wanted = not visit.preferred or not set(visit.preferred).isdisjoint(team.member_ids)
    return 0.0 if is_wanted else problem.weights.unpreferred
