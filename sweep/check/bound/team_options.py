"""What a team may do, and what its prizes are, as stops whose routes can be gone through."""

from collections.abc import Collection, Mapping
from fractions import Fraction
from typing import NamedTuple

import numpy as np

from geodata.array_types import Bools, Int64s
from sweep.check.bound.bound_problem import NO_WAY, Case, shortest
from sweep.check.bound.route_above_price import MOST_STEPS, Stops
from sweep.records.people import Team

type Seconds = dict[tuple[str, int], int]
"""Seconds inside by visit and slot; only what the team may do."""
type Prizes = Mapping[str, tuple[int, ...]]
"""Prizes of each slot, by visit, in steps."""


class WrongError(Exception):
    """What a proof says is not so."""


class Node(NamedTuple):
    """Some plans: which units they serve, and when visits start."""

    served: tuple[bool | None, ...]
    """Whether each unit is served, by its number; None: or not."""
    lo: Int64s
    """Earliest start by place of the visit in the case."""
    hi: Int64s


def whole(case: Case, musts: Collection[int]) -> Node:
    """All plans that serve some units."""
    n, n_units = len(case.visits), max(case.unit.values(), default=-1) + 1
    served = tuple(True if u in musts else None for u in range(n_units))
    return Node(served, np.full(n, -NO_WAY), np.full(n, NO_WAY))


def all_prizes(case: Case, visits: Collection[str], some: Prizes) -> Prizes:
    """
    Prizes of all slots of some visits; 0 where a proof names none.

    Raises
    ------
    WrongError
        If a visit has not as many slots, or sums would not be exact.
    """
    prizes = {v: some.get(v, ()) or (0,) * len(case.visits[v].slots) for v in visits}
    if any(len(of) != len(case.visits[v].slots) for v, of in prizes.items()):
        raise WrongError("prizes")
    if sum(sum(of) for of in prizes.values()) > MOST_STEPS:
        raise WrongError(f"prizes > {MOST_STEPS}")
    return prizes


def stops_of(case: Case, node: Node, team: Team, seconds: Seconds, prizes: Prizes, step: Fraction) -> Stops:
    """What the team may do in the node that has a prize; of slots of one visit that take as long the best."""
    end = team.end_base_id or team.base_id
    # What is closed then is in no route of the team: no way leads past it, nor must it make the others look richer.
    names = [v for v in dict.fromkeys(v for v, _ in seconds) if _is_open(case, node, v, team)]
    ids = [case.visits[v].building_id for v in names] + [team.base_id, end]
    places = np.array([case.places[i] for i in ids], np.int64)
    ways = shortest(case.travel_s[np.ix_(places, places)])
    row = {v: n for n, v in enumerate(names)}
    best: dict[tuple[int, int], int] = {}
    for (v, s), needs in seconds.items():
        prize = prizes[v][s] - (int(case.loss(v, team) / step) if s == 0 else 0)
        if prize > 0 and v in row and node.served[case.unit[v]] is not False:
            best[row[v], needs] = max(best.get((row[v], needs), 0), prize)
    at = np.array([n for n, _ in best], np.int64)
    inside = np.array([n for _, n in best], np.int64)
    of_case = np.array([case.row[names[n]] for n in at], np.int64)
    travel = ways[np.ix_(at, at)]
    cannot: Bools = (at[:, None] == at) | (inside[:, None] + travel > case.lag[np.ix_(of_case, of_case)])
    return Stops(
        seconds=inside,
        prize=np.array(list(best.values()), np.int64),
        windows=tuple(_windows(case, node, names[n]) for n in at),
        travel=travel,
        out=ways[-2, at],
        back=ways[at, -1],
        shift_s=team.shift_s,
        break_time=team.break_time,
        cannot_follow=cannot,
    )


def _is_open(case: Case, node: Node, visit_id: str, team: Team) -> bool:
    return any(lo <= team.shift_s[1] and hi >= team.shift_s[0] for lo, hi in _windows(case, node, visit_id))


def _windows(case: Case, node: Node, visit_id: str) -> tuple[tuple[int, int], ...]:
    v = case.row[visit_id]
    spans = ((max(lo, int(node.lo[v])), min(hi, int(node.hi[v]))) for lo, hi in case.visits[visit_id].windows_s)
    return tuple(sorted((lo, hi) for lo, hi in spans if lo <= hi))
