"""The problem as flat arrays that the compiled search reads: a task is one slot of one visit, or a team's break."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

from geodata.arrays import Float64s, Int32s, Int64s

# A service time that marks a team which may not fill the slot.
FORBIDDEN = -1
NONE = -1
LATEST = 1 << 30

# Row numbers are Int64s everywhere, since each width that a compiled function meets is compiled apart.
# A record array: numba reads its fields by name, which numpy's types do not know.
Table = Any

TASK = np.dtype([(name, np.int64) for name in ("place", "unit", "node", "load", "due", "least_legs")], align=True)
UNIT = np.dtype([("worth", np.float64), ("seconds", np.int64), ("is_locked", np.bool_)], align=True)
WINDOW = np.dtype([("lo", np.int64), ("hi", np.int64)], align=True)
LINK = np.dtype([("to", np.int64), ("lo", np.int64), ("hi", np.int64)], align=True)
CAP_LOAD = np.dtype([("cap", np.int64), ("load", np.int64)], align=True)
TEAM = np.dtype(
    [
        (name, np.int64)
        for name in ("base", "end", "shift_lo", "shift_hi", "max_duty", "capacity", "break_task", "profile", "day")
    ],
    align=True,
)


class Arrays(NamedTuple):
    """
    Tasks i, nodes (all slots of a visit: one start), units u (a visit, or visits that are linked), teams k, places p.

    Breaks are tasks at the end, each with a node of its own, no unit and no place. Records, not an array a field: each
    array that a compiled function is given costs it a count of references.
    """

    n_visit_tasks: int
    """Tasks that are slots; the rest are breaks."""
    task: Table
    """
    `place`, `unit`, `node`, `load`; `due`: a start after it is late; `least_legs`: least seconds to the place and away
    from it, (tasks,).
    """
    window: Table
    """`lo`, `hi`, ascending; unused ones are empty (lo > hi), (tasks, windows)."""
    node_start: Int64s
    """Tasks of node v are node_start[v] .. node_start[v + 1] - 1, (nodes + 1,)."""
    units: Table
    """
    `worth`: value on its best days less disturbance, must-marks included; `seconds`: least service; `is_locked`: the
    search never takes it out, (units,).
    """
    unit_start: Int64s
    """Tasks of unit u are unit_tasks[unit_start[u]:unit_start[u + 1]], node by node, (units + 1,)."""
    unit_tasks: Int64s
    link_start: Int64s
    """Links of node v are link_start[v] .. link_start[v + 1] - 1, each stored at both ends, (nodes + 1,)."""
    link: Table
    """`to`: the other node; its start less the start of this one is in [`lo`, `hi`]."""
    team: Table
    """
    `base`; `end`: where the shift ends, NONE at the last stop; `shift_lo`, `shift_hi`, `max_duty`, `capacity`;
    `break_task` or NONE; `profile`: row of `travel`; `day`: row of `loss`, (teams,).
    """
    service: Int32s
    """Seconds inside, (teams, tasks), FORBIDDEN where the team may not."""
    travel: Int32s
    """(profiles, places, places)."""
    travel_into: Int32s
    """The same with the place it leads to first: what leads into one place then lies side by side."""
    loss: Float64s
    """What a task that is a visit's first slot is worth less on a day than on the visit's best, (days, tasks)."""
    cap_start: Int64s
    """What unit u takes of caps is in rows cap_start[u] .. cap_start[u + 1] - 1 of `cap_load`, (units + 1,)."""
    cap_load: Table
    """`load` that a unit takes of the cap `cap`."""
    cap_most: Int64s
    """(caps,)."""
    near: Int32s
    """For each slot the slots from near to far, (tasks, at most `layout.MOST_NEAR`)."""
    must_worth: float
    longest: int
    """Most stops that a route can have."""
    is_coupled: bool
    """Whether any start hangs on another route's."""
    is_over_days: bool
    """Whether teams are out on several days, or caps bind visits far apart."""
    is_daily: bool
    """Whether any visit is worth more on one day than on another."""
    is_soft: bool
    """Whether lateness costs."""
    travel_cost: float
    late_cost: float
    latest_cost: float
    balance_cost: float
    unreachable: int
