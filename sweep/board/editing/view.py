"""What the page of an edit shows, as JSON's own kinds: teams, visits on offer, and the plan as it was laid out."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from geodata.texts import Texts
from sweep.pipeline.replan.by_hand import Verdict
from sweep.pipeline.replan.publish import PlannedChange
from sweep.publish.edition import Edition
from sweep.publish.facts.names import named, names_by_id
from sweep.publish.facts.teams import team_facts
from sweep.publish.facts.wording import building_name, district_name, reason_texts
from sweep.records.plan import Route, Unserved, Violation
from sweep.records.visits import Visit


def offer_view(edition: Edition, texts: Texts) -> dict[str, Any]:
    """What does not change while a plan is edited: its teams, and all visits on offer."""
    return {
        "plan_id": edition.plan_id,
        "name": edition.scenario.name,
        "day": edition.scenario.day.isoformat(),
        "teams": [
            {
                "id": t.team.team_id,
                "letter": t.letter,
                "colour": t.colour,
                "ink": t.ink,
                "shift": list(t.team.shift_s),
                "is_reserve": t.team.is_reserve,
            }
            for t in team_facts(edition)
        ],
        "visits": {v.visit_id: _visit_view(edition, v, texts) for v in edition.visits.values()},
    }


def _visit_view(edition: Edition, visit: Visit, texts: Texts) -> dict[str, Any]:
    building = edition.buildings.get(visit.building_id)
    return {
        "name": building_name(building, visit.building_id),
        "district": district_name(visit.division_code, edition.division_names, texts),
        "windows": [list(w) for w in visit.windows_s],
        "slots": [s.slot for s in visit.slots],
        "value": visit.value,
        "must": visit.is_must,
    }


def edited_view(made: PlannedChange, verdict: Verdict, texts: Texts) -> dict[str, Any]:
    """The plan as it was laid out: times, what is left out and why, what the checker says, what it costs."""
    edition, replanned = made.today.edition, made.replanned
    names, by_id = edition.division_names, names_by_id(edition)
    visits = {v.visit_id: v for v in replanned.rest.day.visits}
    return {
        "at_s": made.log.at_s if made.log else None,
        "routes": [_route_view(r, len(replanned.rest.standings[r.team_id].begun)) for r in replanned.plan.routes],
        "left": [_left_view(u, visits.get(u.visit_id), names, texts) for u in replanned.plan.unserved],
        "violations": [_breach_view(v, by_id, texts) for v in verdict.violations],
        "shortfalls": [_breach_view(v, by_id, texts) for v in verdict.shortfalls],
        "n_moved": replanned.n_changed,
        "value": replanned.plan.value,
        "gained": verdict.gained,
        "musts": list(verdict.musts_left_out),
        "travel_s": verdict.travel_s,
        "teams": [by_id.get(t, t) for t in verdict.teams],
    }


def _route_view(route: Route, count: int) -> dict[str, Any]:
    """One route; the first `count` stops have begun."""
    return {
        "team": route.team_id,
        "depart": route.depart_s if route.stops else None,
        "back": route.return_s if route.stops else None,
        "pause": None if route.break_s is None else list(route.break_s),
        "stops": [[s.visit_id, s.slot, s.arrive_s, s.start_s, s.end_s, n < count] for n, s in enumerate(route.stops)],
    }


def _left_view(left: Unserved, visit: Visit | None, names: Mapping[str, str], texts: Texts) -> dict[str, Any]:
    return {"visit": left.visit_id, "why": [reason_texts(texts, r, visit, names)[0] for r in left.reasons]}


def _breach_view(breach: Violation, names: Mapping[str, str], texts: Texts) -> dict[str, str]:
    values = {k: named(v, names) if isinstance(v, str) else v for k, v in breach.values.items()}
    text = texts(breach.key, where=named(breach.where, names), **values)
    return {"rule": breach.rule_id, "where": breach.where, "text": text}
