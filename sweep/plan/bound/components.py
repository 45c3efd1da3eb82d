"""Connected components: teams, and the units (linked visits) that only they can serve; each is bounded on its own."""

from dataclasses import dataclass

import numpy as np
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from geodata.array_types import Bits64, Bools, Float64s, Int64s
from sweep.plan.bound.linked_units import largest_differences
from sweep.plan.bound.team_kind_arrays import TaskWindows, TeamKind, shortest
from sweep.plan.kernel.problem_arrays import FORBIDDEN, NONE, Arrays
from sweep.plan.search.encode_extra_rows import cap_loads, losses_of
from sweep.plan.search.route_pool import alike_teams

# Up to FEW_TASKS tasks routes are elementary; beyond, NG_SIZE is the size of the ng-neighbourhoods, Delta(N_i) in
# Baldacci, Mingozzi and Roberti 2011.
FEW_TASKS, NG_SIZE = 20, 10


@dataclass(frozen=True, slots=True, eq=False)
class IdenticalTeams:
    """Kind of teams: teams with the same base, shift and service times, with the tasks that they can do."""

    teams: Int64s
    """Rows of the teams in the arrays."""
    tasks: Int64s
    """Tasks that the teams can do, as indices in the component; `team` and `loss` list the tasks in this order."""
    team: TeamKind
    """Times of each of the teams, and the travel between the tasks."""
    loss: Float64s
    """Value that each task loses on the day of these teams compared with its best day, (tasks of the kind,)."""


@dataclass(frozen=True, slots=True, eq=False)
class Component:
    """
    Component: connected teams, and the units (linked visits) that only they can serve.

    A unit is a set of linked visits, served together or not at all. A task represents all team slots of a visit that
    are identical for the teams. Units u, visits v and tasks i count from 0 within the component.
    """

    teams: Int64s
    """Rows of the teams in the arrays."""
    units: Int64s
    """Rows of the units in the arrays, (units,)."""
    value: Float64s
    """Value of each unit, (units,)."""
    slots: tuple[Int64s, ...]
    """Rows of each task's team slots in the arrays, a tuple by task."""
    unit: Int64s
    """Unit of each task, (tasks,)."""
    visit: Int64s
    """Visit of each task, (tasks,)."""
    unit_of_visit: Int64s
    """Unit of each visit, (visits,)."""
    windows: TaskWindows
    """Start windows of the tasks."""
    lag: Float64s
    """At [v, w]: most seconds from the start of visit v to that of w, (visits, visits); infinite if not linked."""
    kinds: tuple[IdenticalTeams, ...]
    """The teams by kind; a kind without tasks is omitted."""
    cap_rows: Int64s
    """Rows in the arrays of the caps that can bind the component's units, (caps,)."""
    cap_load: Int64s
    """Load of each unit on each cap, (caps, units)."""
    cap_most: Int64s
    """Full capacity of each cap, (caps,); the loads of other components are not subtracted (relaxation)."""

    @property
    def is_plain(self) -> bool:
        """Whether each task has the same value on every day, and no cap can bind the units."""
        return not len(self.cap_most) and not any(kind.loss.any() for kind in self.kinds)

    @property
    def demand(self) -> Int64s:
        """Number of identical team slots of each task, (tasks,); different teams fill them at the same time."""
        return np.array([len(slots) for slots in self.slots], np.int64)


def split_components(a: Arrays, counts: Bools) -> list[tuple[Int64s, Int64s]]:
    """
    Return (team rows, unit rows) of each component; no team can serve a task of a unit in another component.

    `counts`: whether a unit is considered, (units,). Each component has at least one team, but perhaps no unit.
    """
    n_teams, n_units = len(a.team), len(a.units)
    unit = a.task["unit"][: a.n_visit_tasks]
    team, task = np.nonzero((a.service[:, : a.n_visit_tasks] != FORBIDDEN) & counts[unit])
    n = n_teams + n_units
    joined = coo_array((np.ones(len(team)), (team, n_teams + unit[task])), shape=(n, n))
    _, part = connected_components(joined, directed=False)
    parts = dict.fromkeys(part[:n_teams].tolist())
    live = np.flatnonzero(counts)
    return [(np.flatnonzero(part[:n_teams] == p), live[part[n_teams + live] == p]) for p in parts]


def n_pairs(a: Arrays, teams: Int64s, units: Int64s) -> int:
    """Return the number of slots of `units` times the number of kinds of `teams`: the work of a pricing round."""
    slots = _slots(a, units)
    return len(slots) * len(alike_teams(a, teams, _service(a, teams, slots)))


def make_component(a: Arrays, value: Float64s, teams: Int64s, units: Int64s, few_tasks: int = FEW_TASKS) -> Component:
    """
    Return the record of a component with these rows of teams and units, as from `split_components`.

    `value`: value of every unit of the problem, (units,). If a kind of teams has at most `few_tasks` tasks, its routes
    are elementary.
    """
    slots = _slots(a, units)
    service = _service(a, teams, slots)
    alike = np.concatenate([a.task["node"][slots][:, None], service.T], axis=1)
    _, first, task_of_slot = np.unique(alike, axis=0, return_index=True, return_inverse=True)
    tasks = slots[first]
    nodes, visit = np.unique(a.task["node"][tasks], return_inverse=True)
    unit = np.searchsorted(units, a.task["unit"][tasks])
    unit_of_visit = np.zeros(len(nodes), np.int64)
    unit_of_visit[visit] = unit
    lag = largest_differences(a, nodes)
    n_slots = np.bincount(task_of_slot, minlength=len(tasks))
    kinds = (
        _kind(a, teams[rows], tasks, service[rows[0], first], visit, lag, n_slots, few_tasks)
        for rows in alike_teams(a, teams, service)
    )
    cap_rows, cap_load, cap_most = _caps(a, units)
    return Component(
        teams=teams,
        units=units,
        value=value[units],
        slots=tuple(slots[task_of_slot == i] for i in range(len(tasks))),
        unit=unit,
        visit=visit,
        unit_of_visit=unit_of_visit,
        windows=TaskWindows(a.window[tasks]),
        lag=lag,
        kinds=tuple(kind for kind in kinds if len(kind.tasks)),
        cap_rows=cap_rows,
        cap_load=cap_load,
        cap_most=cap_most,
    )


def _caps(a: Arrays, units: Int64s) -> tuple[Int64s, Int64s, Int64s]:
    """Return rows of the caps that the units together exceed, the units' loads, (caps, units), and the limits."""
    load, most = cap_loads(a)
    load = load[:, units]
    rows = np.flatnonzero(load.sum(axis=1) > most)
    return rows, load[rows], most[rows]


def _slots(a: Arrays, units: Int64s) -> Int64s:
    return np.concatenate([a.unit_tasks[a.unit_start[u] : a.unit_start[u + 1]] for u in units]).astype(np.int64)


def _service(a: Arrays, teams: Int64s, slots: Int64s) -> Int64s:
    """Return service seconds, (teams, slots); FORBIDDEN if the team may not fill the slot, on its day or at all."""
    service = a.service[np.ix_(teams, slots)].astype(np.int64)
    if a.is_daily:
        team, window = a.team[teams][:, None, None], a.window[slots][None]
        is_open = (window["lo"] <= team["shift_hi"]) & (window["hi"] >= team["shift_lo"])
        service[~is_open.any(axis=2)] = FORBIDDEN
    return service


def _kind(
    a: Arrays,
    teams: Int64s,
    tasks: Int64s,
    service: Int64s,
    visit: Int64s,
    lag: Float64s,
    n_slots: Int64s,
    few_tasks: int,
) -> IdenticalTeams:
    mine = np.flatnonzero(service != FORBIDDEN)
    service, visit, team = service[mine], visit[mine], a.team[teams[0]]
    base, end = int(team["base"]), int(team["end"])
    places = np.append(a.task["place"][tasks[mine]], [base, end]).astype(np.int64)
    travel = shortest(a.travel[0][np.ix_(places, places)].astype(np.int64))
    between = np.ascontiguousarray(travel[:-2, :-2])
    # Visits whose starts must be close together cannot be made in turn.
    barred = (service[:, None] + between > lag[np.ix_(visit, visit)]) | (visit[:, None] == visit)
    near = nearest(between, len(mine) if len(mine) <= few_tasks else NG_SIZE)
    related = (barred | barred.T) & ~np.eye(len(mine), dtype=np.bool_)
    neighbours = near | (near.astype(np.float32) @ related.astype(np.float32) > 0)
    break_lo, break_hi, break_s = a.break_of(int(teams[0]))
    of_bound = TeamKind(
        travel=between,
        out=np.ascontiguousarray(travel[-2, :-2]),
        back=np.zeros(len(mine), np.int64) if end == NONE else np.ascontiguousarray(travel[:-2, -1]),
        service=np.ascontiguousarray(service),
        shift_lo=int(team["shift_lo"]),
        shift_hi=int(team["shift_hi"]),
        break_lo=break_lo,
        break_hi=break_hi,
        break_s=break_s,
        neighbours=as_bits(neighbours),
        barred=as_bits(barred),
    )
    # For several identical slots the loss is relaxed: only the first slot of a visit has one.
    loss = np.where(n_slots[mine] == 1, losses_of(a, int(team["day"]), tasks[mine]), 0.0)
    return IdenticalTeams(teams, mine, of_bound, loss)


def as_bits(flags: Bools) -> Bits64:
    """Pack rows of flags into rows of 64-bit words, lowest bit first, (rows, words)."""
    rows, n = flags.shape
    in_words = np.zeros((rows, 64 * max(1, -(-n // 64))), np.bool_)
    in_words[:, :n] = flags
    return np.packbits(in_words, axis=1, bitorder="little").view("<u8").astype(np.uint64)


def as_flags(bits: Bits64, n: int) -> Bools:
    """Unpack the first `n` bits of each row of words into flags, (rows, n)."""
    return np.unpackbits(bits.view(np.uint8), axis=1, bitorder="little")[:, :n].astype(np.bool_)


def nearest(travel: Int64s, size: int) -> Bools:
    """Return flags that mark the `size` tasks nearest to each task by travel time, itself included, (tasks, tasks)."""
    n = len(travel)
    flags = np.zeros((n, n), np.bool_)
    order = np.argsort(np.minimum(travel, travel.T) - np.eye(n, dtype=np.int64), axis=1, kind="stable")
    np.put_along_axis(flags, order[:, :size], values=True, axis=1)
    return flags
