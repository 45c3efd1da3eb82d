"""What `sweep explain` says of an unserved visit: each rule that keeps all teams off, be their routes empty."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from geodata.errors import Value
from sweep.plan.feasible.visits import hindrances
from sweep.plan.feasible.ways import Ways
from sweep.plan.problem.reasons import reason_of_rule, rules_to_blame
from sweep.records.people import Team
from sweep.records.plan import Reason
from sweep.records.visits import Visit


def rules_alone(ways: Ways, visit: Visit, teams: Sequence[Team]) -> tuple[Reason, ...]:
    """A reason for each rule by which too few active teams, with empty routes, can make the visit; none: it can be."""
    if len(teams) < len(visit.slots):
        return (Reason("TOO_FEW_TEAMS", {"needs": len(visit.slots), "has": len(teams)}),)
    by_slot = [{t.team_id: frozenset(hindrances(ways, visit, s.slot, t)) for t in teams} for s in visit.slots]
    to_blame = rules_to_blame(by_slot)
    return tuple(reason_of_rule(ways.problem, visit, slot, rule, teams) for rule, slot in to_blame.items())


def unit_reasons(ways: Ways, visit: Visit, teams: Sequence[Team]) -> Iterator[Reason]:
    """The reason of a visit that is made together with one that no team can make."""
    problem = ways.problem
    lagged = {x for lag in problem.lags for x in (lag.before, lag.after) if visit.visit_id in (lag.before, lag.after)}
    for other in problem.visits:
        is_linked = (other.link_group is not None and other.link_group == visit.link_group) or other.visit_id in lagged
        if other is not visit and is_linked and rules_alone(ways, other, teams):
            values: dict[str, Value] = {
                "group": visit.link_group or other.visit_id,
                "n_teams": len(visit.slots) + len(other.slots),
            }
            yield Reason("LINKED_VISIT_UNSERVED", values)
            return
