"""Encoding of values by day, loads on caps, due times and team preferences as rows of `Arrays.extra`."""

from collections import Counter
from collections.abc import Sequence
from itertools import groupby
from operator import itemgetter

import numpy as np

from geodata.array_types import Float64s, Int64s
from sweep.plan.kernel.problem_arrays import EXTRA, LATEST, NONE, Arrays, Table
from sweep.plan.kernel.search_state import SearchState
from sweep.plan.problem.problem import Problem
from sweep.records.people import Person, Team
from sweep.records.visits import Slot, Visit


def extra_rows(
    problem: Problem, tasks: Sequence[tuple[Visit, Slot]], teams: Sequence[Team], task: Table, units: Table
) -> Table:
    """
    Return the rows of `Arrays.extra` for caps and day values, and write their positions to `task` and `units`.

    `task`, `units`: tables of `Arrays`. `tasks`: visit and slot of each task (`slot_tasks`).
    """
    rows = [(c, cap.most, 0.0) for c, cap in enumerate(problem.caps)]
    unit_of = {visit.visit_id: int(task["unit"][i]) for i, (visit, _) in enumerate(tasks)}
    taken: Counter[tuple[int, int]] = Counter()
    for c, cap in enumerate(problem.caps):
        for visit_id, load in cap.loads.items():
            taken[unit_of[visit_id], c] += load
    for u, of_unit in groupby(sorted((u, c, load) for (u, c), load in taken.items() if load), itemgetter(0)):
        units[u]["cap_from"] = len(rows)
        rows += [(c, load, 0.0) for _, c, load in of_unit]
        units[u]["cap_to"] = len(rows)
    n_days = 1 + max((t.day for t in teams), default=0)
    task["lost"] = len(rows)
    rows += n_days * [(NONE, 0, 0.0)]
    for i, (visit, slot) in enumerate(tasks):
        if visit.values and slot.slot == visit.slots[0].slot:
            task[i]["lost"] = len(rows)
            rows += [(NONE, 0, visit.best_value - value) for value in visit.values[:n_days]]
    return np.array(rows, EXTRA)


def losses_of(a: Arrays, days: Int64s | int, tasks: Int64s | Sequence[int]) -> Float64s:
    """Return the value that tasks lose on `days` (from 0; one for all or each) against their best day, (tasks,)."""
    lost: Float64s = a.extra["loss"][a.task["lost"][tasks] + days]
    return lost


def unit_losses(a: Arrays, state: SearchState) -> Float64s:
    """Return the best day's value of each unit minus that of the day on which it is served, (units,); 0 if unserved."""
    tasks = np.flatnonzero(state.fill["team"][: a.n_visit_tasks] != NONE)
    lost = losses_of(a, a.team["day"][state.fill["team"][tasks]], tasks)
    return np.bincount(a.task["unit"][tasks], weights=lost, minlength=len(a.units))


def cap_loads(a: Arrays) -> tuple[Int64s, Int64s]:
    """Return the load of each unit on each cap, (caps, units), and the capacities, (caps,)."""
    load = np.zeros((a.n_caps, len(a.units)), np.int64)
    for u, unit in enumerate(a.units):
        of_unit = a.extra[unit["cap_from"] : unit["cap_to"]]
        load[of_unit["cap"], u] = of_unit["load"]
    return load, a.extra["load"][: a.n_caps]


def is_soft(problem: Problem) -> bool:
    """Whether the problem has any penalty other than travel cost."""
    w = problem.weights
    is_late = any(v.due_s is not None or v.dues_s for v in problem.visits)
    costs = (w.overtime, w.waiting, w.largest_idle, w.uneven_work)
    return any(costs) or (is_late and w.lateness + w.largest_lateness > 0) or has_preferences(problem)


def has_preferences(problem: Problem) -> bool:
    """Whether any visit has preferred people whose absence has a cost."""
    return problem.weights.unpreferred > 0 and any(v.preferred for v in problem.visits)


def with_soft_rows(
    problem: Problem,
    tasks: Sequence[tuple[Visit, Slot]],
    teams: Sequence[Team],
    people: Sequence[Person],
    task: Table,
    n_windows: int,
    extra: Table,
) -> Table:
    """
    Return `extra` with rows for the tasks' due times and preferences appended (see `Arrays.extra`).

    Sets `task["soft"]` in place to the first of these rows of each task. `tasks`: visit and slot of each task.

    `people`: persons who may change teams. `n_windows`: number of columns of `Arrays.window`.
    """
    rows: list[tuple[int, int, float]] = []
    known: dict[tuple[object, ...], int] = {}
    starts = {lock.visit_id: lock.start_s for lock in problem.locks if lock.start_s is not None}
    of_person = {p.person_id: n for n, p in enumerate(people)} if has_preferences(problem) else {}
    for i, (visit, _) in enumerate(tasks):
        dues = _dues(visit, starts.get(visit.visit_id)) or (LATEST if visit.due_s is None else visit.due_s,) * n_windows
        key = (dues, visit.is_due_at_end, visit.preferred)
        if key not in known:
            known[key] = len(extra) + len(rows)
            dues += dues[-1:] * (n_windows - len(dues))
            rows += [(int(visit.is_due_at_end), due, 0.0) for due in dues]
            wanted, price = set(visit.preferred), problem.weights.unpreferred * bool(visit.preferred)
            rows += [(NONE, 0, price * wanted.isdisjoint(team.member_ids)) for team in teams]
            # For teams whose members may change: the penalty, then each preferred person.
            known_people = [(of_person[i], NONE, 0.0) for i in visit.preferred if i in of_person]
            rows += [(len(known_people), 0, price), *known_people] if of_person else []
        task["soft"][i] = known[key]
    never = len(extra) + len(rows)
    task["soft"][len(tasks) :] = never
    rows += (n_windows + len(teams)) * [(0, LATEST, 0.0)]
    return np.concatenate([extra, np.array(rows, EXTRA)])


def _dues(visit: Visit, start_s: int | None) -> tuple[int, ...]:
    """Return the due time of each window; with a locked start `start_s`, only that of the window then open."""
    if start_s is None:
        return visit.dues_s
    n_open = sum(lo <= start_s for lo, _ in visit.windows_s)
    return visit.dues_s[max(0, n_open - 1) :][:1]
