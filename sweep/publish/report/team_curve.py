"""How much of a plan is left with fewer of its teams: what a commander gives up who sends fewer."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from sweep.publish.edition import Edition


@dataclass(frozen=True, slots=True)
class TeamPoint:
    """What the most useful so many teams of a plan reach."""

    n_teams: int
    value: float
    """Expected finds."""
    n_leads: int
    """Leads in the buildings reached."""


@dataclass(frozen=True, slots=True)
class _Part:
    """Visits that are made together or not at all: one, or those of a link group."""

    team_ids: frozenset[str]
    value: float
    building_ids: frozenset[str]


def team_curve(edition: Edition) -> list[TeamPoint]:
    """
    From no team to all of them; of the teams left the one whose visits are worth least goes first.

    A visit that needs a team which is gone is not made, nor are those that are linked to it. A new plan with
    fewer teams is at least as good, so each point is what so many teams reach at the least.
    """
    parts = _parts(edition)
    column = edition.ranking
    n_leads = {str(b): int(n) for b, n in zip(column["building_id"], column["n_leads"], strict=True)}
    left = [route.team_id for route in edition.plan.routes]
    points = [_point(len(left), parts, n_leads)]
    while left:
        loss = dict.fromkeys(left, 0.0)
        for part in parts:
            for team_id in part.team_ids:
                loss[team_id] += part.value
        # Of equals the last goes, so that the order of the plan decides.
        gone = min(reversed(left), key=lambda t: loss[t])
        left.remove(gone)
        parts = [part for part in parts if gone not in part.team_ids]
        points.append(_point(len(left), parts, n_leads))
    return points[::-1]


def _point(n_teams: int, parts: list[_Part], n_leads: Mapping[str, int]) -> TeamPoint:
    reached = {b for part in parts for b in part.building_ids}
    return TeamPoint(n_teams, sum(part.value for part in parts), sum(n_leads.get(b, 0) for b in reached))


def _parts(edition: Edition) -> list[_Part]:
    teams: dict[str, set[str]] = {}
    for route in edition.plan.routes:
        for stop in route.made:
            teams.setdefault(stop.visit_id, set()).add(route.team_id)
    linked: dict[str, list[str]] = {}
    for visit_id in teams:
        linked.setdefault(edition.visits[visit_id].link_group or f"\0{visit_id}", []).append(visit_id)
    return [
        _Part(
            frozenset(team for v in visit_ids for team in teams[v]),
            float(sum(edition.visits[v].value for v in visit_ids)),
            frozenset(edition.visits[v].building_id for v in visit_ids),
        )
        for visit_ids in linked.values()
    ]
