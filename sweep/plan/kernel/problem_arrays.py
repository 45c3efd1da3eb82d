"""Flat arrays of a problem for the compiled search; a task is one team slot of a visit, or a team's break."""

from typing import Any, NamedTuple

import numpy as np

from geodata.array_types import Int32s, Int64s
from geodata.tuple_by_reference import pass_by_reference

# Service time of a team that may not fill the slot.
FORBIDDEN = -1
NONE = -1
LATEST = 1 << 30

# Row numbers are Int64s everywhere, as numba compiles a function again for each integer width. A record array: numba
# reads its fields by name, which numpy's types do not know.
Table = Any


def row_of(names: str, *others: tuple[str, type]) -> np.dtype[np.void]:
    """Return a record type with the integer fields `names` (separated by spaces), followed by the fields `others`."""
    return np.dtype([*((name, np.int64) for name in names.split()), *others], align=True)


TASK = row_of("place unit node soft least_legs lost of_unit")
UNIT = row_of("seconds first task_from task_to cap_from cap_to", ("value", np.float64), ("is_locked", np.bool_))
NODE = row_of("task link")
WINDOW = row_of("lo hi")
LINK = row_of("to lo hi", ("is_apart", np.bool_))
EXTRA = row_of("cap load", ("loss", np.float64))
TEAM = row_of("base end shift_lo shift_hi max_duty break_task day paid_until begins")


@pass_by_reference
class Arrays(NamedTuple):
    """
    Problem as arrays: tasks i, nodes v, units u (linked visits), teams k, places p.

    A node is a visit, whose slots start together; a unit is a visit or several linked visits. Breaks are the last
    tasks, each with its own node, and without unit and place. Fields are grouped in records because a call from Python
    unpacks each array.
    """

    n_visit_tasks: int
    """Number of team slots of all visits; the remaining tasks are breaks."""
    task: Table
    """
    `place`, `unit`, `node`; `soft`: first row in `extra` of its due times and preferences; `least_legs`: shortest leg
    into the place plus shortest leg out, seconds; `lost`: row in `extra` of its losses. `of_unit` is a separate list:
    all slots in the order of their units, (tasks,).
    """
    window: Table
    """Start windows `lo` to `hi` of each task, ascending; unused windows are empty (lo > hi), (tasks, windows)."""
    nodes: Table
    """First `task` of node v, and its first row `link` in `link`; both end where node v + 1 begins, (nodes + 1,)."""
    units: Table
    """
    `value`: value on its best days less disturbance, plus the weight of must-visits; `seconds`: least service;
    `is_locked`: never removed by the search; `first`: first task; its tasks are `of_unit` of rows `task_from` to
    `task_to` - 1 of `task`; its loads on caps are rows `cap_from` to `cap_to` - 1 of `extra`, (units,).
    """
    link: Table
    """
    `to`: the other node, whose start less the start of this one is in [`lo`, `hi`]; `is_apart`: no team makes both.
    Each link is stored at both ends.
    """
    team: Table
    """
    `base`; `end`: place of the end of shift; `shift_lo`, `shift_hi`, `max_duty`; `break_task` or NONE; `day`;
    `paid_until`: start of overtime; `begins`: 1 if duty begins with the shift, 0 on departure, (teams,).
    """
    service: Int32s
    """Service seconds, (teams, tasks); FORBIDDEN if the team may not fill the slot."""
    travel: Int32s
    """
    Travel seconds, (1 or 2, places, places): by origin and destination; if asymmetric, last also transposed, so that
    the legs into a place are contiguous.
    """
    extra: Table
    """
    Consecutive tables: capacity `load` of each cap; then the units' `load` on each `cap`; then the `loss` of first
    slots for each day; then soft constraints of each task: for each window its due time `load` (of the end if `cap` is
    1), for each team the preference penalty `loss`. If members may change teams, there follows a row with the penalty
    `loss` for a team without a preferred person and the number `cap` of such persons, then a row for each of them,
    `cap`.
    """
    n_caps: int
    """Number of caps, whose capacities are the first rows of `extra`."""
    near: Int32s
    """Nearest slots of each slot by ascending distance, (tasks, at most `most_near`)."""
    must_value: float
    """Least value of a unit with a must-visit; the value of every other unit is lower."""
    longest: int
    """Maximum number of stops of a route."""
    is_coupled: bool
    """Whether the start of any task depends on another team's route."""
    is_over_days: bool
    """Whether the teams work on several days, or caps connect distant visits."""
    is_daily: bool
    """Whether any visit has different values on different days."""
    is_soft: bool
    """Whether there is any cost other than travel."""
    is_travel_paid: bool
    """Value of `Weights.is_travel_paid`; `travel_cost` may also contain a price that only guides the search."""
    is_by_member: bool
    """Whether preferences depend on members, and members may change teams."""
    travel_cost: float
    """Cost per second of travel, in units of value as all costs below."""
    late_cost: float
    """Cost per second of lateness of each task."""
    latest_cost: float
    """Cost per second of the largest lateness of any task."""
    overtime_cost: float
    """Cost per second of a team's overtime."""
    waiting_cost: float
    """Cost per second of a team's waiting time."""
    idle_cost: float
    """Cost per second of the largest idle time of any team."""
    uneven_idle_cost: float
    """
    Guiding cost per second of a team's idle time above the mean of all teams. It rewards sending out one of two idle
    teams, which leaves the largest idle time unchanged.
    """
    uneven_cost: float
    """Cost per second by which a team's travel and service time differs from the mean of all teams."""

    @property
    def node_start(self) -> Int64s:
        """Tasks of node v are node_start[v] .. node_start[v + 1] - 1, (nodes + 1,). Not for compiled code."""
        start: Int64s = self.nodes["task"]
        return start

    @property
    def link_start(self) -> Int64s:
        """Rows of `link` of node v: link_start[v] .. link_start[v + 1] - 1, (nodes + 1,). Not for compiled code."""
        start: Int64s = self.nodes["link"]
        return start

    @property
    def unit_start(self) -> Int64s:
        """First index of each unit's tasks in `unit_tasks`, then their number, (units + 1,). Not for compiled code."""
        return np.append(self.units["task_from"], self.n_visit_tasks)

    @property
    def unit_tasks(self) -> Int64s:
        """All slots in the order of their units (linked visits), (slots,). Not for compiled code."""
        tasks: Int64s = self.task["of_unit"][: self.n_visit_tasks]
        return tasks

    def break_of(self, k: int) -> tuple[int, int, int]:
        """
        Return earliest start, latest start and length of team k's break; length 0 if it needs no break.

        Not for compiled code.
        """
        pause = int(self.team["break_task"][k])
        if pause == NONE:
            return 0, 0, 0
        window = self.window[pause, 0]
        return int(window["lo"]), int(window["hi"]), int(self.service[k, pause])
