"""What visits are worth on each day, and what they take of caps, as the compiled search reads it."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from geodata.arrays import Float64s, Int64s
from sweep.plan.kernel.arrays import EXTRA, NONE, Arrays, Table
from sweep.plan.kernel.state import State
from sweep.plan.problem.problem import Problem
from sweep.records.people import Team
from sweep.records.visits import Slot, Visit


def best_value(visit: Visit) -> float:
    """What the visit is worth on its best day."""
    return max(visit.values, default=visit.value)


def extra_rows(
    problem: Problem, tasks: Sequence[tuple[Visit, Slot]], teams: Sequence[Team], task: Table, units: Table
) -> Table:
    """As `Arrays.extra`; where units and tasks find theirs is written into their tables."""
    rows = [(c, cap.most, 0.0) for c, cap in enumerate(problem.caps)]
    unit_of = {visit.visit_id: int(task["unit"][i]) for i, (visit, _) in enumerate(tasks)}
    taken: dict[tuple[int, int], int] = {}
    for c, cap in enumerate(problem.caps):
        for visit_id, load in cap.loads.items():
            at = (unit_of[visit_id], c)
            taken[at] = taken.get(at, 0) + load
    by_unit: dict[int, list[tuple[int, int, float]]] = {}
    for (u, c), load in sorted(taken.items()):
        if load:
            by_unit.setdefault(u, []).append((c, load, 0.0))
    for u, of_unit in by_unit.items():
        units[u]["cap_from"], units[u]["cap_to"] = len(rows), len(rows) + len(of_unit)
        rows += of_unit
    n_days = 1 + max((t.day for t in teams), default=0)
    task["lost"] = len(rows)
    rows += n_days * [(NONE, 0, 0.0)]
    for i, (visit, slot) in enumerate(tasks):
        if visit.values and slot.slot == visit.slots[0].slot:
            task[i]["lost"] = len(rows)
            rows += [(NONE, 0, best_value(visit) - value) for value in visit.values[:n_days]]
    return np.array(rows, EXTRA)


def losses_of(a: Arrays, days: Int64s | int, tasks: Int64s | Sequence[int]) -> Float64s:
    """What tasks are worth less on some days than on their best, (tasks,)."""
    lost: Float64s = a.extra["loss"][a.task["lost"][tasks] + days]
    return lost


def lost_units(a: Arrays, state: State) -> Float64s:
    """What each unit that is in the routes is worth less than on its best days, (units,)."""
    tasks = np.flatnonzero(state.fill["team"][: a.n_visit_tasks] != NONE)
    lost = losses_of(a, a.team["day"][state.fill["team"][tasks]], tasks)
    return np.bincount(a.task["unit"][tasks], weights=lost, minlength=len(a.units))


def cap_loads(a: Arrays) -> tuple[Int64s, Int64s]:
    """What each unit takes of each cap, (caps, units), and what there is of it, (caps,)."""
    load = np.zeros((a.n_caps, len(a.units)), np.int64)
    for u, unit in enumerate(a.units):
        of_unit = a.extra[unit["cap_from"] : unit["cap_to"]]
        load[of_unit["cap"], u] = of_unit["load"]
    return load, a.extra["load"][: a.n_caps]
