"""What the search through late routes reads: stops with one window each, none of which hangs on another route."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from geodata.arrays import Int32s, Int64s
from geodata.by_reference import by_reference
from sweep.plan.kernel.arrays import FORBIDDEN, LATEST, NONE, Arrays, Table

NODE = np.dtype(
    [("place", np.int64), ("lo", np.int64), ("hi", np.int64), ("load", np.int64), ("worth", np.float64)], align=True
)
CREW = np.dtype([(n, np.int64) for n in ("kind", "profile", "tail", "twin", "capacity", "first", "last")], align=True)

# What teams of one kind must have in common to be the same.
TWIN = ("profile", "base", "end", "shift_lo", "shift_hi", "capacity")

# Tasks that each task is tried beside.
N_NEAR = 30
# What a second of waiting between two stops counts against one on the road, in their nearness (Vidal et al. 2013).
WAIT_WEIGHT = 0.2


@by_reference
class Net(NamedTuple):
    """Nodes: the tasks i, then the base of each team k, then the end of each."""

    n_tasks: int
    tasks: Int64s
    """Those that may be served: all, or some where a part of a plan is improved, (at most tasks,)."""
    node: Table
    """`place`, `lo` and `hi` of the start, `load`, `worth`, (nodes,)."""
    crew: Table
    """
    `kind`: row of `service`; `profile`: row of `travel`; `tail`: teams of one number can finish each other's routes,
    as far as they may serve what is in them; `twin`: those of one number are the same; `capacity`; `first`, `last`:
    nodes of base and end, (teams,).
    """
    service: Int64s
    """Seconds inside, FORBIDDEN where teams of the kind may not, (kinds of teams, nodes)."""
    travel: Int32s
    """(profiles, places, places); one place more than there are, from and to which nothing is far, for open routes."""
    near: Int64s
    """For each task the tasks that it may best stand beside, (tasks, at most N_NEAR)."""
    travel_cost: float
    is_plain: bool
    """All teams have one travel table and one kind."""


def has_free_routes(a: Arrays) -> bool:
    """Whether each route can be judged alone, by its stops' windows, its load and its shift."""
    n = a.n_visit_tasks
    is_alone = n == len(a.task) == len(a.units) and not a.is_coupled
    is_plain = not (a.is_soft or a.is_daily or a.n_caps or a.balance_cost > 0.0 or a.units["is_locked"].any())
    return bool(n > 1 and is_alone and is_plain and a.window.shape[1] == 1 and (a.team["max_duty"] >= LATEST).all())


def are_alike(a: Arrays) -> bool:
    """Whether all teams may serve the same, as fast, and have one travel table."""
    return bool((a.service == a.service[:1]).all() and (a.team["profile"] == a.team["profile"][:1]).all())


def make_net(a: Arrays) -> Net:
    """The same problem for the search through late routes; it must have free routes."""
    n, m = a.n_visit_tasks, len(a.team)
    rows, kind = np.unique(a.service, axis=0, return_inverse=True)
    service = np.zeros((len(rows), n + 2 * m), np.int64)
    service[:, :n] = rows
    node = _nodes(a)
    return Net(
        n_tasks=n,
        tasks=np.arange(n),
        node=node,
        crew=_crews(a, kind),
        service=service,
        travel=np.pad(a.travel, ((0, 0), (0, 1), (0, 1))) if (a.team["end"] == NONE).any() else a.travel,
        near=_near(a, node[:n], service[:, :n]),
        travel_cost=a.travel_cost,
        is_plain=are_alike(a),
    )


def _nodes(a: Arrays) -> Table:
    n, m = a.n_visit_tasks, len(a.team)
    node = np.zeros(n + 2 * m, NODE)
    node["place"] = np.concatenate(
        [a.task["place"], a.team["base"], np.where(a.team["end"] == NONE, a.travel.shape[1], a.team["end"])]
    )
    node["lo"] = np.concatenate([a.window["lo"][:, 0], a.team["shift_lo"], a.team["shift_lo"]])
    node["hi"] = np.concatenate([a.window["hi"][:, 0], a.team["shift_hi"], a.team["shift_hi"]])
    node["load"][:n], node["worth"][:n] = a.task["load"], a.units["worth"][a.task["unit"]]
    return node


def _crews(a: Arrays, kind: Int64s) -> Table:
    n, m = a.n_visit_tasks, len(a.team)
    crew = np.zeros(m, CREW)
    crew["kind"], crew["profile"], crew["capacity"] = kind, a.team["profile"], a.team["capacity"]
    crew["first"], crew["last"] = n + np.arange(m), n + m + np.arange(m)
    # What a team may not serve takes it as long as it takes whoever needs most.
    is_able = a.service != FORBIDDEN
    pace = np.where(is_able, a.service, np.where(is_able, a.service, 0).max(axis=0))
    pace_kind = np.unique(pace, axis=0, return_inverse=True)[1]
    tail = np.stack([pace_kind, a.team["profile"], a.team["end"], a.team["shift_hi"]], axis=1)
    crew["tail"] = np.unique(tail, axis=0, return_inverse=True)[1]
    twin = np.stack([kind, *(a.team[name] for name in TWIN)], axis=1)
    crew["twin"] = np.unique(twin, axis=0, return_inverse=True)[1]
    return crew


def _near(a: Arrays, node: Table, service: Int64s) -> Int64s:
    """Near is what is reached soon, with little waiting and not late, in the better of the two directions."""
    way = a.travel[0][np.ix_(node["place"], node["place"])].astype(np.float64)
    inside = np.where(service == FORBIDDEN, LATEST, service).min(axis=0)
    lo, hi = node["lo"].astype(np.float64), node["hi"].astype(np.float64)
    wait = np.maximum(0.0, lo[None] - way - (inside + hi)[:, None])
    late = np.maximum(0.0, (lo + inside)[:, None] + way - hi[None])
    far = way + WAIT_WEIGHT * wait + late
    far = np.minimum(far, far.T)
    # Two tasks that no team may serve both are never beside each other.
    is_able = (service != FORBIDDEN).astype(np.float32)
    far[is_able.T @ is_able == 0.0] += LATEST
    np.fill_diagonal(far, np.inf)
    order: Int64s = np.argsort(far, axis=1, kind="stable")[:, : min(len(node) - 1, N_NEAR)].astype(np.int64)
    return order
