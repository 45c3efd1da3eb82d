"""Which teams get a route, and which of them may serve which slot."""

from __future__ import annotations

from collections.abc import Sequence

from sweep.plan.problem.problem import Problem
from sweep.records.people import Team
from sweep.records.visits import Visit


def active_teams(teams: Sequence[Team]) -> list[Team]:
    """The teams that get a route."""
    return [t for t in teams if not t.is_reserve]


def may_serve(problem: Problem, visit: Visit, slot: int, team: Team) -> bool:
    """
    Whether the team may.

    District (C12), enough officers (C01, C17), skills, those drawn (C09), no recusal (C10), no pair again (C28).
    """
    needs, inside = visit.slots[slot], set(team.member_ids)
    return (
        visit.division_code in team.division_codes
        and all(team.n_certified.get(agency, 0) >= n for agency, n in needs.min_certified.items())
        and all(team.n_skilled.get(skill, 0) >= n for skill, n in needs.min_skilled.items())
        and (not needs.is_for_drawn or inside.issuperset(visit.officers))
        and not any(inside.issuperset(pair) for pair in visit.keep_apart)
        and not team.recusals & problem.conflict_keys(visit)
    )
