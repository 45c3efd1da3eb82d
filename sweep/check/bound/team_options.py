"""Stops that a team may make, with their prizes (dual prices), as input of the search for routes above a price."""

from collections.abc import Collection, Mapping
from fractions import Fraction
from typing import NamedTuple

import numpy as np

from geodata.array_types import Bools, Int64s
from sweep.check.bound.bound_problem import UNREACHABLE_S, BoundProblem, shortest_paths
from sweep.check.bound.route_above_price import MOST_STEPS, Stops
from sweep.records.people import Team

type Seconds = dict[tuple[str, int], int]
"""Service seconds by (visit id, slot number), for the slots that the team may fill."""
type Prizes = Mapping[str, tuple[int, ...]]
"""Prizes of a visit's slots, in whole steps, by visit id."""


class InvalidProofError(Exception):
    """Raised when a claim of the proof is false."""


class Node(NamedTuple):
    """Branch-and-bound node: decisions on units (visits served together or not at all), and start intervals."""

    served: tuple[bool | None, ...]
    """Whether each unit is served, by unit number; None if undecided."""
    lo: Int64s
    """Earliest start of each visit in seconds after midnight, by the visit's position in the problem."""
    hi: Int64s
    """Latest start of each visit in seconds after midnight, by the visit's position in the problem."""


def root_node(case: BoundProblem, musts: Collection[int]) -> Node:
    """Return the root node: units `musts` (numbers) are served, other units undecided, starts unlimited."""
    n, n_units = len(case.visits), max(case.unit.values(), default=-1) + 1
    served = tuple(True if u in musts else None for u in range(n_units))
    return Node(served, np.full(n, -UNREACHABLE_S), np.full(n, UNREACHABLE_S))


def all_prizes(case: BoundProblem, visits: Collection[str], stated: Prizes) -> Prizes:
    """
    Return the prizes of each visit's slots, by visit id; `visits`: ids; `stated`: prizes that the proof states.

    All slots of a visit without prizes in the proof have prize 0.

    Raises
    ------
    InvalidProofError
        If the number of prizes differs from the slots of a visit, or their sum is too large to be exact.
    """
    prizes = {v: stated.get(v, ()) or (0,) * len(case.visits[v].slots) for v in visits}
    if any(len(of) != len(case.visits[v].slots) for v, of in prizes.items()):
        raise InvalidProofError("prizes")
    if sum(sum(of) for of in prizes.values()) > MOST_STEPS:
        raise InvalidProofError(f"prizes > {MOST_STEPS}")
    return prizes


def stops_of(
    case: BoundProblem,
    node: Node,
    team: Team,
    seconds: Seconds,
    prizes: Prizes,
    step: Fraction,
    remembered: Mapping[str, Collection[str]] | None = None,
) -> Stops:
    """
    Return the stops of positive prize that a team may make in a node of the tree.

    `seconds`: service time in each slot that the team may fill; `step`: value of a prize of 1. Of the slots of a visit
    with equal service time, only the one of highest prize is kept. `remembered` has, for each visit, the visits that a
    route remembers there and cannot repeat (ng-route); it does not affect the validity of the bound.
    """
    end = team.end_base_id or team.base_id
    # Shortest paths exclude closed visits: no route of the team passes through them.
    names = [v for v in dict.fromkeys(v for v, _ in seconds) if _is_open(case, node, v, team)]
    ids = [case.visits[v].building_id for v in names] + [team.base_id, end]
    places = np.array([case.places[i] for i in ids], np.int64)
    path_s = shortest_paths(case.travel_s[np.ix_(places, places)])
    row = {v: n for n, v in enumerate(names)}
    best: dict[tuple[int, int], int] = {}
    for (v, s), needs in seconds.items():
        prize = prizes[v][s] - (int(case.loss(v, team) / step) if s == 0 else 0)
        if prize > 0 and v in row and node.served[case.unit[v]] is not False:
            best[row[v], needs] = max(best.get((row[v], needs), 0), prize)
    at = np.array([n for n, _ in best], np.int64)
    inside = np.array([n for _, n in best], np.int64)
    case_rows = np.array([case.row[names[n]] for n in at], np.int64)
    travel = path_s[np.ix_(at, at)]
    remembers = np.zeros((len(names), len(names)), np.bool_)
    for here, visits in (remembered or {}).items():
        if here in row:
            remembers[row[here], [row[v] for v in visits if v in row]] = True
    cannot: Bools = (at[:, None] == at) | (inside[:, None] + travel > case.lag[np.ix_(case_rows, case_rows)])
    return Stops(
        seconds=inside,
        prize=np.array(list(best.values()), np.int64),
        windows=tuple(_windows(case, node, names[n]) for n in at),
        travel=travel,
        out=path_s[-2, at],
        back=path_s[at, -1],
        shift_s=team.shift_s,
        break_time=team.break_time,
        cannot_follow=cannot,
        remembered=remembers[np.ix_(at, at)],
    )


def _is_open(case: BoundProblem, node: Node, visit_id: str, team: Team) -> bool:
    return any(lo <= team.shift_s[1] and hi >= team.shift_s[0] for lo, hi in _windows(case, node, visit_id))


def _windows(case: BoundProblem, node: Node, visit_id: str) -> tuple[tuple[int, int], ...]:
    v = case.row[visit_id]
    spans = ((max(lo, int(node.lo[v])), min(hi, int(node.hi[v]))) for lo, hi in case.visits[visit_id].windows_s)
    return tuple(sorted((lo, hi) for lo, hi in spans if lo <= hi))
