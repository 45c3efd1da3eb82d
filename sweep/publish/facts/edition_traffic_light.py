"""State of an edition, derived by rules: red, amber or green, with all reasons."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from geodata.errors import Code, Issue, first_items
from sweep.publish.edition import Edition, once_per_edition
from sweep.publish.facts.team_facts import served_visits, team_facts
from sweep.records.people import MARKET_REGULATION

type State = Literal["red", "amber", "green"]

# Reasons for which no team can ever make an unserved visit, at any length of time.
IMPOSSIBLE = frozenset(
    {
        "NO_ROAD",
        "NO_TEAM_IN_DISTRICT",
        "NO_TEAM_WITH_DRAWN",
        "NO_TEAM_WITH_OFFICERS",
        "NO_TEAM_WITH_SKILL",
        "SHIFT_TOO_SHORT",
        "TOO_FEW_TEAMS",
        "WINDOW_MISSED",
    }
)
# Optional tables without which a plan is less reliable or less lawful.
WANTED_TABLES = ("firms", "leads", "history", "streets")
_DATA_NOTES = frozenset(
    {
        Code.RULE_COLUMN_MISSING,
        Code.ROWS_LOST,
        Code.OUTCOME_LOST,
        Code.ROWS_UNMATCHED,
        Code.OUTCOME_LOST_BY_OTHERS,
    }
)


@dataclass(frozen=True, slots=True)
class Assessment:
    """
    State of an edition with its reasons.

    Red: the plan must not be used. Amber: the reasons must be read before approval. Green: there are no reasons.
    """

    state: State
    reasons: tuple[Issue, ...]
    """Reasons, those of red first. Rule violations are in `Edition.violations` instead."""


@once_per_edition
def assess(edition: Edition) -> Assessment:
    """Return the state of an edition (`red`, `amber` or `green`) with its reasons; the result is cached."""
    red, amber = tuple(_red_reasons(edition)), tuple(_amber_reasons(edition))
    is_red = bool(red or edition.violations)
    return Assessment("red" if is_red else "amber" if amber else "green", (*red, *amber))


def _red_reasons(edition: Edition) -> Iterator[Issue]:
    """Yield why an edition is red: only reserve teams (S675), no lead visited (S661), a track without team (S662)."""
    if edition.plan.teams and all(team.is_reserve for team in edition.plan.teams):
        yield Issue("S675", "teams.n_teams, teams.reserve_share", {"n": len(edition.plan.teams)})
    served = {v.visit_id for v in served_visits(edition)}
    n_leads = len({lead for v in edition.visits.values() if v.track == "case" for lead in v.basis})
    if n_leads and not any(edition.visits[i].track == "case" for i in served):
        yield Issue("S661", "unserved.csv", {"n": n_leads})
    for track, n in _groups_without_team(edition, "track"):
        yield Issue("S662", "unserved.csv", {"track": track, "n": n})


def _groups_without_team(edition: Edition, key: Literal["track", "division_code"]) -> Iterator[tuple[str, int]]:
    """Yield (track or district, its number of visits) where no team can make any of them; `key`: which of the two."""
    reasons = {u.visit_id: {r.code for r in u.reasons} for u in edition.plan.unserved}
    groups: dict[str, list[bool]] = {}
    for visit_id, visit in edition.visits.items():
        groups.setdefault(getattr(visit, key), []).append(bool(reasons.get(visit_id, set()) & IMPOSSIBLE))
    return ((name, len(flags)) for name, flags in sorted(groups.items()) if all(flags))


def _amber_reasons(edition: Edition) -> Iterator[Issue]:
    """Yield why an edition is amber, such as a weak bound (S663), idle teams (S664), unserved must-visits (S665)."""
    plan = edition.plan
    if plan.is_bound_rough:
        yield Issue("S663", "solver.time_limit_s", {"percent": f"{100 * (1.0 - plan.gap):.1f}"})
    if idle := sorted(t.team.team_id for t in team_facts(edition) if not (t.team.is_reserve or t.is_out)):
        yield Issue("S664", "teams.n_teams", {"n": len(idle), "teams": first_items(idle)})
    missed = [
        u.building_id for u in plan.unserved if u.visit_id in edition.visits and edition.visits[u.visit_id].is_must
    ]
    if missed:
        yield Issue("S665", "unserved.csv", {"n": len(missed), "buildings": first_items(sorted(missed))})
    homes = {p.division_code for p in edition.persons.values() if p.agency == MARKET_REGULATION and p.is_officer}
    for district, n in ((d, n) for d, n in _groups_without_team(edition, "division_code") if d not in homes):
        yield Issue("S667", "unserved.csv", {"district": district, "n": n})
    read = {"streets" if i.table == "street_lines" else i.table for i in edition.inputs if i.n_used}
    if lacking := tuple(table for table in WANTED_TABLES if table not in read):
        yield Issue("S666", "scenario.toml", {"tables": lacking})
    n_leads = sum(i.n_used for i in edition.inputs if i.table == "leads")
    if n_leads and all(visit.track != "case" for visit in edition.visits.values()):
        yield Issue("S674", "leads", {"n": n_leads})
    if 10 * len(edition.unreachable) > len(edition.buildings):
        yield from (note for note in edition.notes if note.code == Code.FAR_FROM_STREETS)
    # Notes on inputs: columns that a rule needs, and losses that the planner has accepted.
    yield from (note for note in edition.notes if note.code in _DATA_NOTES)
