"""What visits are worth on each day, and what they take of caps, as the compiled search reads it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from geodata.arrays import Float64s, Int64s
from sweep.plan.kernel.arrays import CAP_LOAD
from sweep.plan.problem.problem import Problem
from sweep.records.people import Team
from sweep.records.visits import Slot, Visit


def best_value(visit: Visit) -> float:
    """What the visit is worth on its best day."""
    return max(visit.values, default=visit.value)


def losses_by_day(tasks: Sequence[tuple[Visit, Slot]], teams: Sequence[Team], n_all: int) -> Float64s:
    """As `Arrays.loss`, for as many tasks as there are in all, breaks at the end."""
    n_days = 1 + max((t.day for t in teams), default=0)
    loss = np.zeros((n_days, n_all), np.float64)
    for i, (visit, slot) in enumerate(tasks):
        if visit.values and slot.slot == visit.slots[0].slot:
            loss[:, i] = best_value(visit) - np.array(visit.values[:n_days])
    return loss


def cap_arrays(problem: Problem, row: dict[str, int], unit_of_visit: Int64s, n_units: int) -> dict[str, Any]:
    """The parts of the arrays that say what units take of caps."""
    taken: dict[tuple[int, int], int] = {}
    for c, cap in enumerate(problem.caps):
        for visit_id, load in cap.loads.items():
            at = (int(unit_of_visit[row[visit_id]]), c)
            taken[at] = taken.get(at, 0) + load
    rows = sorted((u, c, load) for (u, c), load in taken.items() if load)
    return {
        "cap_start": np.searchsorted([u for u, *_ in rows], np.arange(n_units + 1)).astype(np.int64),
        "cap_load": np.array([tuple(rest) for _, *rest in rows], CAP_LOAD),
        "cap_most": np.array([cap.most for cap in problem.caps], np.int64),
    }
