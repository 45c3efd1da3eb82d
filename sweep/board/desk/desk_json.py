"""Data for the desk's page as JSON types: plan, team states, messages, events, figures."""

from collections.abc import Collection, Mapping, Sequence
from types import MappingProxyType
from typing import Any

from geodata.message_catalogue import Texts
from sweep.day.journal.day_state import DayState, NewLead, TeamState, reported_of
from sweep.day.journal.forecast import Forecast, forecast, pace_of, routes_without_delays
from sweep.jobs.replan.load_plan_of_day import service_of
from sweep.publish.edition import Edition, once_per_edition
from sweep.publish.facts.names_and_reasons import building_name, district_name, names_by_id
from sweep.publish.facts.plan_summary import plan_summary
from sweep.publish.facts.team_facts import TeamFacts, served_visits, team_facts
from sweep.records.plan import Stop
from sweep.records.visits import Visit


def plan_view(edition: Edition) -> dict[str, Any]:
    """Return the plan in force as JSON types: `plan_id`, `day`, `teams` with stops, `visits` by id, and `unserved`."""
    return {
        "plan_id": edition.plan_id,
        "name": edition.scenario.name,
        "day": edition.scenario.day.isoformat(),
        "teams": [_planned_team(team) for team in team_facts(edition)],
        "visits": {
            v.visit_id: {"name": names_by_id(edition)[v.visit_id], "value": v.value, "must": v.is_must}
            for v in edition.visits.values()
        },
        "unserved": [_unserved_visit(edition, u.building_id, u.visit_id) for u in edition.plan.unserved],
    }


def _planned_team(team: TeamFacts) -> dict[str, Any]:
    route = team.route
    return {
        "id": team.team.team_id,
        "letter": team.letter,
        "colour": team.colour,
        "ink": team.ink,
        "base": {"id": team.base.base_id, "name": team.base.name, "at": [team.base.lat, team.base.lon]},
        "people": [p.person_id for p in team.members],
        "shift": list(team.team.shift_s),
        "depart": route.depart_s if route else None,
        "back": route.return_s if route else None,
        "stops": [
            {
                "visit": s.visit.visit_id,
                "building": s.building.building_id,
                "name": building_name(s.building, s.building.building_id),
                "at": [s.building.lat, s.building.lon],
                "arrive": s.stop.arrive_s,
                "start": s.stop.start_s,
                "end": s.stop.end_s,
                "last": last_start_s(s.visit),
                "with": list(s.partner_letters),
                "track": s.visit.track,
                "firms": s.visit.n_firms,
            }
            for s in team.stops
        ],
    }


def _unserved_visit(edition: Edition, building_id: str, visit_id: str) -> dict[str, Any]:
    building = edition.buildings[building_id]
    name = building_name(building, building_id)
    return {"visit": visit_id, "building": building_id, "name": name, "at": [building.lat, building.lon]}


def last_start_s(visit: Visit) -> int:
    """Return the latest start of a visit that its windows allow, seconds after midnight; 86,400 without windows."""
    return max((last for _, last in visit.windows_s), default=86_400)


def forecasts(
    edition: Edition, state: DayState, now_s: int, only: Collection[str] | None = None
) -> dict[str, Forecast]:
    """
    Return, by team id, forecasts of the rest of the day, made at `now_s` from the plan in force and the reports.

    `only`: ids of the teams; None: all.
    """
    known = edition.log.events if edition.log else ()
    routes = routes_without_delays(edition.plan, known, service_of(edition))
    last = {v.visit_id: last_start_s(v) for v in edition.visits.values()}
    pace = pace_of(routes.values(), state.stops)
    teams = [t for t in edition.plan.teams if only is None or t.team_id in only]
    return {t.team_id: forecast(t, routes.get(t.team_id), state, last, pace, now_s) for t in teams}


def team_view(state: DayState, team_id: str, team_forecast: Forecast, grace_s: int) -> dict[str, Any]:
    """
    Return a team's reported state and its forecast as JSON types; times are seconds after midnight.

    `due`: time at which the next report becomes overdue, `grace_s` later than forecast; None if no report is expected.
    `stops`: reported times and outcome by visit id; `filled`: number of form rows with answers, by visit id;
    `expected`: [visit id, start, end, is late] of remaining stops.
    """
    own = state.teams.get(team_id) or TeamState(team_id)
    stops = {s.visit_id: s for (team, _), s in state.stops.items() if team == team_id}
    filled: dict[str, int] = {}
    for row in state.rows.values():
        if row.team_id == team_id:
            filled[row.visit_id] = filled.get(row.visit_id, 0) + 1
    return {
        "id": team_id,
        "state": own.state,
        "visit": own.visit_id,
        "since": own.since_s,
        "until": own.until_s,
        "heard": own.last_report_s,
        "due": None if team_forecast.due_s is None else team_forecast.due_s + grace_s,
        "stops": {
            v: {
                "left": s.left_s,
                "arrived": s.arrived_s,
                "inside": s.inside_s,
                "done": s.done_s,
                "outcome": s.outcome,
                "found": max(0, s.n_found),
                "note": s.note,
            }
            for v, s in stops.items()
        },
        "filled": filled,
        "expected": [[e.visit_id, e.start_s, e.end_s, e.is_late] for e in team_forecast.expected],
    }


# Facts of an event in spoken order; the remaining ones are for the planner.
_FACT_KEYS = ("team_id", "person_id", "building_id", "visit_id", "from_id", "to_id", "until", "minutes", "starts")


def events_view(edition: Edition, state: DayState) -> list[dict[str, Any]]:
    """Return the day's events, newest last, with facts as texts (`about`); `is_answered`: the plan considers it."""
    return [
        {"n": n, "is_answered": n <= state.answered_n, "about": event_about(edition, event), **event}
        for n, event in state.events
    ]


def event_about(edition: Edition, event: Mapping[str, Any]) -> list[str]:
    """Return the facts of an event (of events.json, such as a delay) as texts: team, person or building, and times."""
    names, teams = names_by_id(edition), edition.plan.teams
    facts = {key: event[key] for key in _FACT_KEYS if event.get(key) is not None}
    if "building_id" in facts:
        # The building already names the visit.
        facts.pop("visit_id", None)
    if "person_id" in facts:
        own = next((t.team_id for t in teams if facts["person_id"] in t.member_ids), None)
        facts["person_id"] = f"{facts['person_id']} ({names[own]})" if own else facts["person_id"]
    return [_fact_text(value, names) for value in facts.values()]


def _fact_text(value: object, names: Mapping[str, str]) -> str:
    if isinstance(value, (list, tuple)):
        return " – ".join(map(str, value))
    return names.get(value, value) if isinstance(value, str) else f"{value:.0f} min"


def leads_view(edition: Edition, state: DayState) -> list[dict[str, Any]]:
    """
    Return today's leads, newest last.

    `stop`: [team, visit, start] of a stop at the lead's building that was not over when the lead came in; else None.
    """
    stops_by_building: dict[str, list[tuple[Stop, str]]] = {}
    for route in edition.plan.routes:
        for stop in route.stops:
            stops_by_building.setdefault(stop.building_id, []).append((stop, route.team_id))
    urgent = {event["building_id"] for _, event in state.events if event["type"] == "urgent"}
    return [
        {
            "id": lead.lead_id,
            "at": lead.at_s,
            "type": lead.lead_type,
            "building": lead.building_id,
            "name": building_name(edition.buildings[lead.building_id], lead.building_id),
            "is_urgent": lead.building_id in urgent,
            **_covering_stop(lead, stops_by_building.get(lead.building_id, ()), state),
        }
        for lead in state.leads.values()
    ]


def _covering_stop(lead: NewLead, stops: Sequence[tuple[Stop, str]], state: DayState) -> dict[str, Any]:
    """
    Return the first stop that was not over when a lead came in: `stop`, [team id, visit id, start], and `outcome`.

    Without such a stop both have the value None. `stops`: (stop, team id) of all stops at the lead's building.
    """
    for stop, team_id in sorted(stops, key=lambda s: (s[0].is_attempt, s[0].start_s)):
        known = reported_of(stop, team_id, state)
        ends_s = stop.end_s if stop.is_attempt else None
        over_s = ends_s if known.outcome is None else known.done_s
        if over_s is None or over_s > lead.at_s:
            return {"stop": [team_id, stop.visit_id, stop.start_s], "outcome": known.outcome}
    return {"stop": None, "outcome": None}


def figures(edition: Edition, state: DayState, forecasts_by_team: Mapping[str, Forecast]) -> dict[str, Any]:
    """
    Return the day's figures by key: numbers of visits `planned`, `done`, `left` and `shut`; `found`: number of finds.

    `shut`: visits that ended without an inspection; `planned` omits those that the plan dropped at a locked door.
    `late`: number forecast to be late. `firms` (number), `value` (expected finds): [done, planned].
    """
    summary, served = plan_summary(edition), {v.visit_id for v in served_visits(edition)}
    outcomes: dict[str, list[str | None]] = {}
    for route in edition.plan.routes:
        # For a repeated attempt at a door only the remaining one counts.
        for stop in (s for s in route.stops if not (s.is_attempt and s.visit_id in served)):
            outcome = reported_of(stop, route.team_id, state).outcome
            outcomes.setdefault(stop.visit_id, []).append(outcome)
    done = [v for v, results in outcomes.items() if v in served and all(o == "done" for o in results)]
    shut = {v for v, results in outcomes.items() if v not in done and None not in results}
    late = {e.visit_id for f in forecasts_by_team.values() for e in f.expected if e.is_late}
    return {
        "planned": summary.n_visits,
        "done": len(done),
        "shut": len(shut | (outcomes.keys() - served)),
        "left": len(served - {*done} - shut),
        "late": len(late & set(outcomes)),
        "found": sum(max(0, s.n_found) for s in state.stops.values()),
        "firms": [sum(edition.visits[v].n_firms for v in done), summary.n_doors],
        "value": [round(sum(edition.visits[v].value for v in done), 2), round(summary.value, 2)],
        "rows": len(state.rows),
        "districts": coverage_view(edition, done),
    }


def coverage_view(edition: Edition, done: Collection[str]) -> list[dict[str, Any]]:
    """
    Return, for each district, its `code` and the numbers [done, planned, total] of `buildings`, `firms` and `leads`.

    `done`: ids of completed visits.
    """
    n_leads = _n_leads(edition)
    reached = {edition.visits[v].building_id for v in done}
    districts = []
    for row in (c for c in edition.coverage if c.scope == "district"):
        own = [b for b in reached if edition.buildings[b].division_code == row.scope_id]
        districts.append(
            {
                "code": row.scope_id,
                "buildings": [len(own), row.n_buildings_reached, row.n_buildings],
                "firms": [sum(edition.buildings[b].n_firms for b in own), row.n_firms_reached, row.n_firms],
                "leads": [sum(n_leads.get(b, 0) for b in own), row.n_leads_reached, row.n_leads],
            }
        )
    return districts


def district_words(edition: Edition, texts: Texts) -> dict[str, str]:
    """Return the names of the districts, by `district.<code>`, for the page's script."""
    codes = [c.scope_id for c in edition.coverage if c.scope == "district"]
    return {f"district.{c}": district_name(c, edition.division_names, texts) for c in codes}


@once_per_edition
def _n_leads(edition: Edition) -> Mapping[str, int]:
    ranking = edition.ranking
    return MappingProxyType({b: int(n) for b, n in zip(ranking["building_id"], ranking["n_leads"], strict=True)})
