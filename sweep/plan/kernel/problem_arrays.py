"""The problem as flat arrays that the compiled search reads: a task is one slot of one visit, or a team's break."""

from typing import Any, NamedTuple

import numpy as np

from geodata.array_types import Int32s, Int64s
from geodata.tuple_by_reference import by_reference

# A service time that marks a team which may not fill the slot.
FORBIDDEN = -1
NONE = -1
LATEST = 1 << 30

# Row numbers are Int64s everywhere, since each width that a compiled function meets is compiled apart.
# A record array: numba reads its fields by name, which numpy's types do not know.
Table = Any


def row_of(names: str, *others: tuple[str, type]) -> np.dtype[np.void]:
    """The kind of row with these whole numbers, and others behind them."""
    return np.dtype([*((name, np.int64) for name in names.split()), *others], align=True)


TASK = row_of("place unit node soft least_legs lost of_unit")
UNIT = row_of("seconds first task_from task_to cap_from cap_to", ("worth", np.float64), ("is_locked", np.bool_))
NODE = row_of("task link")
WINDOW = row_of("lo hi")
LINK = row_of("to lo hi", ("is_apart", np.bool_))
EXTRA = row_of("cap load", ("loss", np.float64))
TEAM = row_of("base end shift_lo shift_hi max_duty break_task day paid_until begins")


@by_reference
class Arrays(NamedTuple):
    """
    Tasks i, nodes (all slots of a visit: one start), units u (a visit, or visits that are linked), teams k, places p.

    Breaks are tasks at the end, each with a node of its own, no unit and no place. Records, not an array per
    field: a call from Python unpacks each array.
    """

    n_visit_tasks: int
    """Tasks that are slots; the rest are breaks."""
    task: Table
    """
    `place`, `unit`, `node`; `soft`: first row of `extra` that says when it is late and who is not
    wanted there; `least_legs`: least seconds to the place and away
    from it; `lost`: row of `extra`. `of_unit`, by itself: all slots in the order of their units, (tasks,).
    """
    window: Table
    """`lo`, `hi`, ascending; unused ones are empty (lo > hi), (tasks, windows)."""
    nodes: Table
    """
    Of node v the first `task` and the first row `link` of `link`; they end where those of v + 1 begin, (nodes + 1,).
    """
    units: Table
    """
    `worth`: value on its best days less disturbance, must-marks included; `seconds`: least service; `is_locked`: the
    search never takes it out; its tasks, the `first` and all, node by node: `of_unit` of rows `task_from` to
    `task_to` - 1 of `task`; what it takes of caps is in rows `cap_from` to `cap_to` - 1 of `extra`, (units,).
    """
    link: Table
    """
    `to`: the other node; its start less the start of this one is in [`lo`, `hi`]; `is_apart`: no team makes both. Each
    is stored at both ends.
    """
    team: Table
    """
    `base`; `end`: where the shift ends; `shift_lo`, `shift_hi`, `max_duty`; `break_task` or NONE; `day`; `paid_until`:
    what is later is overtime; `begins`: 1 if duty begins with the shift, and not on leaving, (teams,).
    """
    service: Int32s
    """Seconds inside, (teams, tasks), FORBIDDEN where the team may not."""
    travel: Int32s
    """
    (1 or 2, places, places): seconds from place to place, and last, where not all ways are as long back, the same by
    the place that a way leads to first, so that what leads into one place lies side by side.
    """
    extra: Table
    """
    Of each cap the `load` that there is; then what units take: `load` of `cap`; then what first slots are worth less: a
    row's `loss` for each day; then what is soft: for each window its due time `load`, of the end if `cap` is 1, and
    for each team the `loss` by who is in it. Where people change teams there is behind these a row with the `loss` if
    nobody wanted is in the team and the number `cap` of people wanted; then a row for each of these, `cap`.
    """
    n_caps: int
    near: Int32s
    """For each slot the slots from near to far, (tasks, at most `layout.MOST_NEAR`)."""
    must_worth: float
    """Units that are worth so much must be served; no other is."""
    longest: int
    """Most stops that a route can have."""
    is_coupled: bool
    """Whether any start hangs on another route's."""
    is_over_days: bool
    """Whether teams are out on several days, or caps bind visits far apart."""
    is_daily: bool
    """Whether any visit is worth more on one day than on another."""
    is_soft: bool
    """Whether anything costs but the road."""
    is_travel_paid: bool
    """As `Weights.is_travel_paid`; `travel_cost` may have a price on top that guides."""
    is_by_member: bool
    """Whether it costs who is in a team, and people change teams."""
    travel_cost: float
    late_cost: float
    latest_cost: float
    overtime_cost: float
    waiting_cost: float
    idle_cost: float
    uneven_idle_cost: float
    """
    A second by which a team is idle longer than the mean of all, while the search is guided: of two teams that are idle
    all day it pays to send one, though the largest idle time stays what it is.
    """
    uneven_cost: float

    @property
    def node_start(self) -> Int64s:
        """Tasks of node v are node_start[v] .. node_start[v + 1] - 1, (nodes + 1,). Not for compiled code."""
        start: Int64s = self.nodes["task"]
        return start

    @property
    def link_start(self) -> Int64s:
        """Links of node v are link_start[v] .. link_start[v + 1] - 1, (nodes + 1,). Not for compiled code."""
        start: Int64s = self.nodes["link"]
        return start

    @property
    def unit_start(self) -> Int64s:
        """Tasks of unit u are unit_tasks[unit_start[u]:unit_start[u + 1]], (units + 1,). Not for compiled code."""
        return np.append(self.units["task_from"], self.n_visit_tasks)

    @property
    def unit_tasks(self) -> Int64s:
        """All slots in the order of their units, (slots,). Not for compiled code."""
        tasks: Int64s = self.task["of_unit"][: self.n_visit_tasks]
        return tasks

    def break_of(self, k: int) -> tuple[int, int, int]:
        """
        Earliest and latest start and length of the break that team k has to take once it goes out.

        The length is 0 where it need not take any. Not for compiled code.
        """
        pause = int(self.team["break_task"][k])
        if pause == NONE:
            return 0, 0, 0
        window = self.window[pause, 0]
        return int(window["lo"]), int(window["hi"]), int(self.service[k, pause])
