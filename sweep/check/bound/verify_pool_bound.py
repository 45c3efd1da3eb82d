"""
Exact verifier of a proof that the visits of some teams, which no other team can make, are worth at most a bound.

The proof has dual prices for each node of a search tree, or one value per second of team time (knapsack bound).
"""

from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction

import numpy as np

from sweep.check.bound.bound_problem import UNREACHABLE_S, BoundProblem
from sweep.check.bound.route_above_price import WorkBudget, has_route_above
from sweep.check.bound.team_options import InvalidProofError, Node, Prizes, Seconds, all_prizes, root_node, stops_of
from sweep.records.bound_proof import DualSolution, PoolPart


@dataclass(frozen=True, slots=True)
class PoolVerifier:
    """Verifier of the proof for one pool: a set of teams, and the visits that only these teams can make."""

    case: BoundProblem
    part: PoolPart
    """Proof for the pool: teams, visits, and nodes of the tree, or else a value per second of team time (`rate`)."""
    seconds: dict[str, Seconds]
    """Service seconds of each team, by team id and then by (visit id, slot)."""
    musts: frozenset[int]
    """Numbers of units that are served in every plan that the bound covers."""
    work: WorkBudget
    """Remaining work of the verification."""

    def bound(self) -> Fraction:
        """
        Return the verified upper bound on the value that the pool's teams can get from its visits.

        Raises
        ------
        InvalidProofError
            If the proof is invalid.
        WorkLimitError
            If the verification exceeds its work limit.
        """
        if self.part.nodes:
            return max(self._bounds(), default=Fraction(0))
        if self.part.rate is None:
            raise InvalidProofError("no nodes and no rate")
        return self._bound_by_rate(Fraction(self.part.rate))

    def _bound_by_rate(self, rate: Fraction) -> Fraction:
        """Return the knapsack bound: the teams' seconds times `rate`, plus the value of units above `rate` a second."""
        case, teams = self.case, [self.case.teams[t] for t in self.part.teams]
        breaks_s = (pause.length_s if (pause := t.break_time) else 0 for t in teams)
        total_s = sum(max(0, t.shift_s[1] - t.shift_s[0] - break_s) for t, break_s in zip(teams, breaks_s, strict=True))
        travel_s = case.travel_s
        slots = [(v, s) for v in self.part.visits for s in range(len(case.visits[v].slots))]
        place = np.array([case.places[case.visits[v].building_id] for v, _ in slots], np.int64)
        between = travel_s[np.ix_(place, place)] + UNREACHABLE_S * np.eye(len(place), dtype=np.int64)
        bases = [case.places[t.base_id] for t in teams]
        least_leg_s = np.minimum(
            between.min(axis=0, initial=UNREACHABLE_S),
            travel_s[np.ix_(bases, place)].min(axis=0, initial=UNREACHABLE_S),
        )
        takes: dict[int, int] = {}
        for slot, leg_s in zip(slots, least_leg_s.tolist(), strict=True):
            inside = min((s[slot] for s in self.seconds.values() if slot in s), default=UNREACHABLE_S)
            unit = case.unit[slot[0]]
            takes[unit] = takes.get(unit, 0) + inside + leg_s
        units = case.units_of(self.part.visits)
        surplus = (case.total_value(visits) - rate * takes[u] for u, visits in units.items())
        return rate * total_s + sum((x for x in surplus if x > 0), Fraction(0))

    def _bounds(self) -> Iterator[Fraction]:
        """Yield the verified bound of each leaf of the proof's branch-and-bound tree that may contain plans."""
        nodes = self.part.nodes
        waiting: dict[int, Node | None] = {0: self._narrowed(root_node(self.case, self.musts))}
        for row, part in enumerate(nodes):
            if row not in waiting:
                raise InvalidProofError(f"nodes[{row}] is in no other")
            node = waiting.pop(row)
            if part.taken is None:
                if node is not None:
                    yield self._bound_of(node, part.shown)
                continue
            if not row < min(part.taken.parts) < max(part.taken.parts) < len(nodes):
                raise InvalidProofError(f"nodes[{row}].taken.parts")
            if part.taken.visit not in self.part.visits:
                raise InvalidProofError(f"nodes[{row}].taken.visit")
            for child, child_node in zip(
                part.taken.parts, self._children(node, part.taken.visit, part.taken.until_s), strict=True
            ):
                if child in waiting:
                    raise InvalidProofError(f"nodes[{child}] is in two others")
                waiting[child] = child_node
        if waiting:
            raise InvalidProofError(f"nodes[{min(waiting)}] is not there")

    def _children(self, node: Node | None, visit: str, until_s: int | None) -> tuple[Node | None, Node | None]:
        if node is None:
            return None, None
        if until_s is None:
            u = self.case.unit[visit]
            decided = [(*node.served[:u], is_in, *node.served[u + 1 :]) for is_in in (False, True)]
            are_feasible = [node.served[u] is not (not is_in) for is_in in (False, True)]
            without, within = (
                self._narrowed(node._replace(served=served)) if is_feasible else None
                for served, is_feasible in zip(decided, are_feasible, strict=True)
            )
            return without, within
        v, lo, hi = self.case.row[visit], node.lo.copy(), node.hi.copy()
        lo[v], hi[v] = max(lo[v], until_s + 1), min(hi[v], until_s)
        return self._narrowed(node._replace(hi=hi)), self._narrowed(node._replace(lo=lo))

    def _narrowed(self, node: Node) -> Node | None:
        """Return the node with starts tightened by links, and infeasible units unserved; None if it has no plan."""
        lag = self.case.lag
        lo = np.maximum(node.lo, (node.lo[None, :] - lag).max(axis=1, initial=-UNREACHABLE_S)).astype(np.int64)
        hi = np.minimum(node.hi, (node.hi[:, None] + lag).min(axis=0, initial=UNREACHABLE_S)).astype(np.int64)
        served = list(node.served)
        for visit_id in self.part.visits:
            v, u = self.case.row[visit_id], self.case.unit[visit_id]
            if lo[v] > hi[v] or lag[v, v] < 0:
                if served[u]:
                    return None
                served[u] = False
        return Node(tuple(served), lo, hi)

    def _bound_of(self, node: Node, shown: DualSolution | None) -> Fraction:
        every = self.case.units_of(self.part.visits)
        units = {u: visits for u, visits in every.items() if node.served[u] is not False}
        most = self.case.total_value(v for visits in units.values() for v in visits)
        if shown is None:
            return most
        prizes = all_prizes(self.case, self.part.visits, shown.prizes)
        if set(shown.prices) != set(self.part.teams):
            raise InvalidProofError("prices")
        if not set(shown.caps) <= set(self.case.caps):
            raise InvalidProofError("caps")
        self._check_prices(node, prizes, shown.prices)
        step, bound = Fraction(self.part.step), Fraction(0)
        caps = [(self.case.caps[c], price) for c, price in shown.caps.items()]
        for u, visits in units.items():
            cap_price = sum(price * sum(cap.loads.get(v, 0) for v in visits) for cap, price in caps)
            surplus = self.case.total_value(visits) - step * (cap_price + sum(sum(prizes[v]) for v in visits))
            bound += surplus if node.served[u] else max(surplus, Fraction(0))
        return min(most, bound + step * (sum(shown.prices.values()) + sum(price * cap.most for cap, price in caps)))

    def _check_prices(self, node: Node, prizes: Prizes, prices: dict[str, int]) -> None:
        seen = set()
        for team_id, price in prices.items():
            team, seconds = self.case.teams[team_id], self.seconds[team_id]
            end = team.end_base_id or team.base_id
            pause = team.break_time
            key = (price, team.base_id, end, team.shift_s, pause, team.day, tuple(seconds.items()))
            if key not in seen:
                seen.add(key)
                step, remembered = Fraction(self.part.step), self.part.remembered
                stops = stops_of(self.case, node, team, seconds, prizes, step, remembered)
                if has_route_above(stops, price, self.work):
                    raise InvalidProofError(f"{team_id} > {price}")
