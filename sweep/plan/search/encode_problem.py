"""Encoding of a problem as the flat arrays of the compiled search."""

from collections.abc import Collection, Sequence

import numpy as np

from geodata.array_types import Int32s, Int64s
from sweep.plan.kernel.problem_arrays import (
    FORBIDDEN,
    LATEST,
    LINK,
    NODE,
    NONE,
    TASK,
    TEAM,
    UNIT,
    WINDOW,
    Arrays,
    Table,
)
from sweep.plan.problem.eligibility import may_serve
from sweep.plan.problem.intervals import joined
from sweep.plan.problem.problem import Lock, Problem, links, slot_tasks, unit_of_visit
from sweep.plan.search.encode_extra_rows import extra_rows, has_preferences, is_soft, with_soft_rows
from sweep.plan.search.encode_travel import least_legs, nearest, rows_side_by_side, travel_table, with_transpose
from sweep.records.people import BreakTime, Person, Team
from sweep.records.visits import Slot, Visit

# Row of each team that takes a break, and the break.
type Breaks = Sequence[tuple[int, BreakTime]]


def make_arrays(problem: Problem, teams: Sequence[Team], people: Sequence[Person] = ()) -> Arrays:
    """Return the arrays of the search; `teams`: active teams; `people`: persons who may change teams, empty if none."""
    tasks = slot_tasks(problem)
    locks = {(lock.visit_id, lock.slot): lock for lock in problem.locks}
    breaks = [(k, t.break_time) for k, t in enumerate(teams) if t.break_time is not None]
    row = {v.visit_id: n for n, v in enumerate(problem.visits)}
    unit = unit_of_visit(problem)
    row_of = rows_side_by_side(problem)
    travel = travel_table(problem, row_of)
    service = _service(problem, tasks, teams, breaks, locks)
    task = _tasks(tasks, row, unit, len(breaks))
    task["place"][: len(tasks)] = [row_of[problem.places[v.building_id]] for v, _ in tasks]
    place = task["place"][: len(tasks)]
    team = _team_table(problem, teams, breaks, len(tasks), row_of)
    task["least_legs"][: len(tasks)] = least_legs(travel, place, team)
    units = _unit_table(problem, unit, {visit_id for visit_id, _ in locks})
    least = np.where(service >= 0, service, 86_400)[:, : len(tasks)].min(axis=0, initial=86_400)
    units["seconds"] = np.maximum(1, np.bincount(task["unit"][: len(tasks)], weights=least, minlength=len(units)))
    _group_tasks(task[: len(tasks)], units)
    nodes, link = _nodes(problem, row, task["node"], len(row) + len(breaks))
    window = _windows(tasks, breaks, locks)
    of_days = extra_rows(problem, tasks, teams, task, units)
    extra = with_soft_rows(problem, tasks, teams, people, task, window.shape[1], of_days)
    weights = problem.weights
    return Arrays(
        n_visit_tasks=len(tasks),
        task=task,
        window=window,
        nodes=nodes,
        units=units,
        link=link,
        team=team,
        service=service,
        travel=with_transpose(travel),
        extra=extra,
        n_caps=len(problem.caps),
        near=nearest(travel, place),
        # Others have at most a tenth of it, and costs take no more than that off a must-visit.
        must_value=must_value(problem) / 2.0,
        longest=_most_stops(service, travel, place, teams),
        is_coupled=len(link) > 0 or len(tasks) > len(row),
        is_over_days=bool(problem.caps) or any(t.day for t in teams),
        is_daily=bool(of_days["loss"].any()),
        is_soft=is_soft(problem),
        is_travel_paid=weights.is_travel_paid,
        is_by_member=has_preferences(problem) and len(people) > 0,
        travel_cost=weights.travel,
        late_cost=weights.lateness,
        latest_cost=weights.largest_lateness,
        overtime_cost=weights.overtime,
        waiting_cost=weights.waiting,
        idle_cost=weights.largest_idle,
        uneven_idle_cost=0.0,
        uneven_cost=weights.uneven_work,
    )


def must_value(problem: Problem) -> float:
    """Return the weight of a must-visit in the objective: more than all values and all costs of a day together."""
    value = sum(v.best_value + v.urgency for v in problem.visits)
    value += problem.weights.unpreferred * sum(len(v.slots) for v in problem.visits)
    value += problem.weights.disturbance * sum(abs(v.disturbance) for v in problem.visits)
    return 1_000.0 + 10.0 * value + _dearest(problem)


def _dearest(problem: Problem) -> float:
    """Return an upper bound on the costs of lateness and of all teams' hours, in units of value."""
    w, rules = problem.weights, problem.rules
    days = [(t.shift_s, t.paid_until_s) for t in problem.teams] or [(problem.shift_s, rules.paid_until_s)] * rules.n_all
    last_s = max([end_s for (_, end_s), _ in days] + [problem.shift_s[1]])
    dues = [min(v.dues_s, default=last_s if v.due_s is None else v.due_s) for v in problem.visits]
    late_s = [len(v.slots) * max(0, last_s - due_s) for v, due_s in zip(problem.visits, dues, strict=True)]
    # All hours lie within shifts, except overtime, which may count from before the shift.
    hours_s = sum(end_s - min(start_s, start_s if paid_s is None else paid_s) for (start_s, end_s), paid_s in days)
    # Deviations above and below the mean are equal, hence twice.
    of_hours = (w.overtime, w.waiting, w.largest_idle, w.travel, 2.0 * w.uneven_work)
    return w.lateness * sum(late_s) + w.largest_lateness * max(late_s, default=0) + sum(of_hours) * hours_s


def _nodes(problem: Problem, row: dict[str, int], of_task: Int64s, n_nodes: int) -> tuple[Table, Table]:
    both = sorted((row[a], row[b], *rest) for a, b, *rest in links(problem))
    nodes = np.zeros(n_nodes + 1, NODE)
    nodes["task"] = np.searchsorted(of_task, np.arange(n_nodes + 1))
    nodes["link"] = np.searchsorted([v for v, *_ in both], np.arange(n_nodes + 1))
    return nodes, np.array([tuple(rest) for _, *rest in both], LINK)


def _tasks(tasks: Sequence[tuple[Visit, Slot]], row: dict[str, int], unit: Int64s, n_breaks: int) -> Table:
    table = np.zeros(len(tasks) + n_breaks, TASK)
    rows = np.array([row[v.visit_id] for v, _ in tasks], np.int64)
    table["place"], table["unit"] = NONE, NONE
    table["unit"][: len(tasks)] = unit[rows]
    table["node"] = np.concatenate([rows, len(row) + np.arange(n_breaks)])
    return table


def _team_table(problem: Problem, teams: Sequence[Team], breaks: Breaks, n_tasks: int, row_of: Int64s) -> Table:
    table = np.zeros(len(teams), TEAM)
    table["break_task"] = NONE
    table["break_task"][[k for k, _ in breaks]] = n_tasks + np.arange(len(breaks))
    for k, t in enumerate(teams):
        team = table[k]
        team["base"] = row_of[problem.places[t.base_id]]
        team["end"] = row_of[problem.places[t.end_base_id or t.base_id]]
        team["shift_lo"], team["shift_hi"] = t.shift_s
        team["max_duty"] = LATEST if t.max_duty_s is None else t.max_duty_s
        team["begins"] = t.starts_with_shift
        team["day"] = t.day
        team["paid_until"] = LATEST if t.paid_until_s is None else t.paid_until_s
    return table


def _service(
    problem: Problem,
    tasks: Sequence[tuple[Visit, Slot]],
    teams: Sequence[Team],
    breaks: Breaks,
    locks: dict[tuple[str, int], Lock],
) -> Int32s:
    seconds = np.full((len(teams), len(tasks) + len(breaks)), FORBIDDEN, np.int32)
    for i, (visit, slot) in enumerate(tasks):
        lock = locks.get((visit.visit_id, slot.slot))
        for k, team in enumerate(teams):
            is_other = lock is not None and lock.team_id != team.team_id
            if not is_other and may_serve(problem, visit, slot.slot, team):
                seconds[k, i] = problem.service_s(visit, slot.slot, len(team.member_ids))
    for n, (k, pause) in enumerate(breaks):
        seconds[k, len(tasks) + n] = pause.length_s
    return seconds


def _most_stops(service: Int32s, travel: Int32s, place: Int32s, teams: Sequence[Team]) -> int:
    """Return an upper bound on the number of stops of a route, from the shortest services and incoming legs."""
    n_tasks = len(place)
    if not n_tasks or not teams:
        return 1
    # A place may hold several slots, with a leg of 0 between them.
    _, at, n_here = np.unique(place, return_inverse=True, return_counts=True)
    between = travel + LATEST * np.eye(len(travel), dtype=np.int64)
    legs_in = np.where(n_here[at] > 1, 0, between.min(axis=0)[place])
    most = 1
    for k, team in enumerate(teams):
        seconds = np.sort((service[k, :n_tasks] + legs_in)[service[k, :n_tasks] != FORBIDDEN])
        room = team.shift_s[1] - team.shift_s[0]
        most = max(most, int(np.searchsorted(np.cumsum(seconds), room, side="right")))
    return min(n_tasks, most + 1) + 1


def _unit_table(problem: Problem, unit: Int64s, locked: set[str]) -> Table:
    table = np.zeros(int(unit.max(initial=-1)) + 1, UNIT)
    extra = must_value(problem)
    for n, v in enumerate(problem.visits):
        table["value"][unit[n]] += v.best_value + v.urgency - problem.weights.disturbance * v.disturbance
        table["value"][unit[n]] += extra * n_must_values(v, locked)
        table["is_locked"][unit[n]] |= v.visit_id in locked
    return table


def n_must_values(visit: Visit, locked: Collection[str]) -> int:
    """Return how often a visit's value has a must-visit's weight: 101 times if in `locked`, once if must, else 0."""
    is_locked = visit.visit_id in locked
    return (visit.is_must or is_locked) + 100 * is_locked


def _group_tasks(task: Table, units: Table) -> None:
    order = np.argsort(task["unit"], kind="stable")
    start = np.searchsorted(task["unit"][order], np.arange(len(units) + 1))
    task["of_unit"], units["first"] = order, order[start[:-1]]
    units["task_from"], units["task_to"] = start[:-1], start[1:]


def _windows(tasks: Sequence[tuple[Visit, Slot]], breaks: Breaks, locks: dict[tuple[str, int], Lock]) -> Table:
    # A locked start of one slot holds for the whole visit: its slots start together.
    start = {lock.visit_id: lock.start_s for lock in locks.values() if lock.start_s is not None}
    # Overlapping windows are joined: the last window then has the last start.
    every = [[(start[v.visit_id],) * 2] if v.visit_id in start else joined(v.windows_s) for v, _ in tasks]
    every += [[(pause.earliest_s, pause.latest_s)] for _, pause in breaks]
    width = max((len(w) for w in every), default=1)
    table = np.full((len(every), width), np.array((1, 0), WINDOW))
    for i, windows in enumerate(every):
        for w, (start_s, end_s) in enumerate(windows):
            table[i, w] = (start_s, min(end_s, LATEST))
    return table
