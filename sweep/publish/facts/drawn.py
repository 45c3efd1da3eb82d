"""The visits of the random draw, and what was committed to before it."""

from __future__ import annotations

from dataclasses import dataclass

from sweep.publish.edition import Edition
from sweep.publish.facts.teams import team_letters
from sweep.records.draw import DrawTicket


@dataclass(frozen=True, slots=True)
class DrawnVisit:
    """A drawn building, who was drawn for it, and what the plan makes of it."""

    ticket: DrawTicket
    teams: tuple[str, ...]
    """Letters of the teams that go; empty: unserved, so non-response."""
    officers: tuple[str, ...]
    officers_going: tuple[str, ...]
    """Those of the drawn officers who are in a team that goes."""
    n_recused: int
    """Officers passed over because they are recused; the next were drawn."""


def drawn_visits(edition: Edition) -> list[DrawnVisit]:
    """The drawn buildings in the order of the draw."""
    visits = {v.building_id: v for v in edition.visits.values() if v.track == "routine"}
    letters, going = team_letters(edition), members_going(edition)
    found = []
    for t in edition.draw.tickets:
        visit = visits.get(t.building_id)
        if t.is_drawn and visit:
            teams = going.get(visit.visit_id, {})
            present = {i for members in teams.values() for i in members}
            log = [o for o in edition.draw.officers if o.visit_id == visit.visit_id]
            found.append(
                DrawnVisit(
                    t,
                    tuple(sorted(letters[i] for i in teams)),
                    visit.officers,
                    tuple(i for i in visit.officers if i in present),
                    sum(o.status == "recused" for o in log),
                )
            )
    return found


def members_going(edition: Edition) -> dict[str, dict[str, tuple[str, ...]]]:
    """
    Members of the teams that make each visit of the plan: by visit id, then by team id; a locked door is none.

    Whoever goes off duty later in the day is among them.
    """
    teams = {t.team_id: t for t in edition.plan.teams}
    going: dict[str, dict[str, tuple[str, ...]]] = {}
    for route in edition.plan.routes:
        for stop in route.made:
            going.setdefault(stop.visit_id, {})[route.team_id] = teams[route.team_id].members_at(stop.start_s)
    return going
