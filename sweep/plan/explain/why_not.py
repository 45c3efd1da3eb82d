"""Every rule that keeps an unserved visit out, each taken alone; and the fewest that together do."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from geodata.errors import Value
from sweep.plan.feasible.visits import Rule, fewest, hindrances
from sweep.plan.feasible.ways import Ways
from sweep.plan.problem.problem import Problem
from sweep.records.people import Team
from sweep.records.plan import Reason
from sweep.records.visits import Visit

_CODES = {
    "division_codes": "NO_TEAM_IN_DISTRICT",
    "n_certified": "NO_TEAM_WITH_OFFICERS",
    "n_skilled": "NO_TEAM_WITH_SKILL",
    "member_ids": "NO_TEAM_WITH_DRAWN",
    "recusals": "RECUSED",
    "capacity": "CAP_REACHED",
    "travel_s": "NO_ROAD",
    "windows_s": "WINDOW_MISSED",
    "shift_s": "SHIFT_TOO_SHORT",
}


def rules_alone(ways: Ways, visit: Visit, teams: Sequence[Team]) -> tuple[Reason, ...]:
    """
    Each rule that alone keeps all teams from some slot, else the fewest that do so together; none: it can be made.

    Parameters
    ----------
    teams
        Active ones, each taken with an empty route.
    """
    if len(teams) < len(visit.slots):
        return (Reason("TOO_FEW_TEAMS", {"needs": len(visit.slots), "has": len(teams)}),)
    found: dict[Rule, int] = {}
    joint: dict[Rule, int] = {}
    for slot in range(len(visit.slots)):
        by_team = [frozenset(hindrances(ways, visit, slot, t)) for t in teams]
        if not all(by_team):
            continue
        alone = frozenset.intersection(*by_team)
        for rule in sorted(alone):
            found.setdefault(rule, slot)
        if not alone:
            for rule in fewest(by_team):
                joint.setdefault(rule, slot)
    chosen = found or joint
    reasons = [_reason(ways.problem, visit, slot, rule, teams) for rule, slot in chosen.items()]
    return tuple(sorted(reasons, key=lambda r: list(_CODES.values()).index(r.code)))


def unit_reasons(ways: Ways, visit: Visit, teams: Sequence[Team]) -> Iterator[Reason]:
    """A visit made together with this one that no team can make."""
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


def _reason(problem: Problem, visit: Visit, slot: int, rule: Rule, teams: Sequence[Team]) -> Reason:
    key, name = rule
    needs = visit.slots[slot]
    if key == "division_codes":
        return Reason(_CODES[key], {"district": visit.division_code})
    if key == "n_certified":
        has = max(t.n_certified.get(name, 0) for t in teams)
        return Reason(_CODES[key], {"agency": name, "needs": needs.min_certified[name], "has": has})
    if key == "n_skilled":
        has = max(t.n_skilled.get(name, 0) for t in teams)
        return Reason(_CODES[key], {"skill": name, "needs": needs.min_skilled[name], "has": has})
    if key == "member_ids":
        return Reason(_CODES[key], {"officers": ", ".join(visit.officers)})
    if key == "recusals":
        return Reason(_CODES[key], {"n_teams": sum(bool(t.recusals & problem.conflict_keys(visit)) for t in teams)})
    if key == "capacity":
        return Reason(_CODES[key], {"needs": visit.load, "has": max(t.capacity or 0 for t in teams)})
    if key in ("windows_s", "shift_s"):
        least = min(problem.service_s(visit, slot, len(t.member_ids)) for t in teams)
        return Reason(_CODES[key], {"needs": -(-least // 60)})
    return Reason(_CODES[key])
