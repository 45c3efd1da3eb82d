"""Check that a re-planned day agrees with the teams' reports in the journal of the day (P15)."""

from collections.abc import Iterator, Sequence, Set
from dataclasses import dataclass, field

from geodata.clock_times import exact_clock, seconds_of
from sweep.check.checker_inputs import CheckInputs, begun_visits, leg_s, stops_by_visit
from sweep.day.event_records import Delayed, DoorLocked, Event, OffDuty, RoadClosed, VisitBegun
from sweep.day.journal.journal_entry import Entry
from sweep.records.plan import Plan, Route, Stop, Violation


@dataclass(slots=True)
class _ReportSummary:
    """Facts that the reports of all teams state, after withdrawals and corrections."""

    begun: dict[tuple[str, str], int] = field(default_factory=dict)
    """Time at which a team reported entering or completing a visit, by (team id, visit id)."""
    done: set[tuple[str, str]] = field(default_factory=set)
    inside: dict[str, str] = field(default_factory=dict)
    """Visit in which each team is, by team id, for teams whose last report is an entry into a building."""
    held_s: dict[str, int] = field(default_factory=dict)
    cancelled: set[str] = field(default_factory=set)
    """Ids of visits whose door the dispatch desk logged as locked."""


def check_p15_reports(inputs: CheckInputs, plan: Plan) -> Iterator[Violation]:
    """
    P15: a begun visit stays with its team, and linked visits stay linked unless an event separates them.

    - A visit that two teams began may stay with either.
    - A team delayed on site may lose a begun visit that the previous plan had not assigned to the team.
    - A locked door that the dispatcher logged cancels a begun visit.
    - If a team is at a visit that the previous plan had cancelled, the stop may stay in its route (`is_attempt`).
    """
    log = inputs.log
    if log is None:
        return
    reports_so_far = _report_summary(inputs.reports)
    by_visit = {
        visit_id: {t for t, s in stops if s.start_s <= log.at_s or (t, visit_id) in reports_so_far.begun}
        for visit_id, stops in stops_by_visit(plan).items()
    }
    before = inputs.before.plan.routes if inputs.before else ()
    had = {(r.team_id, s.visit_id): s.is_attempt for r in before for s in r.stops}
    held = {e.team_id for e in log.events if isinstance(e, Delayed) and e.until_s > log.at_s}
    ordered = {(r.team_id, s.visit_id, s.start_s) for r in before for s in r.stops}
    for key, since_s in sorted(reports_so_far.begun.items()):
        team_id, visit_id = key
        own = [s for r in plan.routes if r.team_id == team_id for s in r.stops if s.visit_id == visit_id]
        is_kept = any(not s.is_attempt for s in own) or (bool(own) and had.get(key, True))
        is_other = bool(by_visit.get(visit_id, set()) - {team_id})
        is_over = key in reports_so_far.done and had.get(key, True)
        is_settled = is_over or visit_id in reports_so_far.cancelled or (key not in had and team_id in held)
        if visit_id in inputs.visits and not (is_kept or is_other or is_settled):
            yield Violation("P15", f"{team_id} {visit_id}", {"detail": exact_clock(since_s)})
    begun = {visit_id for visit_id, teams in by_visit.items() if teams}
    for route in plan.routes:
        new = [s for s in _ahead(route, begun, log.at_s) if (route.team_id, s.visit_id, s.start_s) not in ordered]
        yield from _in_two_places(inputs, route.team_id, new, reports_so_far, log.at_s)
    yield from _broken_links(inputs, plan, begun | begun_visits(inputs, plan))


def _report_summary(reports: Sequence[Entry]) -> _ReportSummary:
    reports_so_far, withdrawn = _ReportSummary(), {e.body["n"] for e in reports if e.kind == "withdrawn"}
    for e in sorted((e for e in reports if e.n not in withdrawn), key=lambda e: (e.at_s, e.n)):
        team_id, key = e.body.get("team_id", ""), (e.body.get("team_id", ""), e.body.get("visit_id", ""))
        if e.kind == "event" and e.body["event"]["type"] == "locked":
            reports_so_far.cancelled.add(e.body["event"]["visit_id"])
        elif e.kind == "held":
            reports_so_far.held_s[team_id] = seconds_of(e.body["until"])
        elif e.kind == "corrected" and e.body["report"] == "held":
            reports_so_far.held_s.pop(team_id, None)
        elif e.kind in ("left", "arrived", "inside", "done", "locked", "refused", "home"):
            reports_so_far.held_s.pop(team_id, None)
            reports_so_far.inside.pop(team_id, None)
            reports_so_far.done.discard(key)
            if e.kind in ("inside", "done"):
                reports_so_far.begun.setdefault(key, e.at_s)
                reports_so_far.cancelled.discard(key[1])
            else:
                reports_so_far.begun.pop(key, None)
            if e.kind == "done":
                reports_so_far.done.add(key)
            if e.kind == "inside":
                reports_so_far.inside[team_id] = key[1]
    return reports_so_far


def _ahead(route: Route, begun: set[str], at_s: int) -> Sequence[Stop]:
    n_begun = max((n for n, s in enumerate(route.stops, 1) if s.start_s <= at_s or s.visit_id in begun), default=0)
    return route.stops[n_begun:]


def _in_two_places(
    inputs: CheckInputs, team_id: str, new: Sequence[Stop], reports_so_far: _ReportSummary, at_s: int
) -> Iterator[Violation]:
    visit = inputs.visits.get(reports_so_far.inside.get(team_id, ""))
    free_s = max(at_s, reports_so_far.held_s.get(team_id, at_s))
    for stop in new:
        known = visit is not None and {visit.building_id, stop.building_id} <= inputs.places.keys()
        leg_time_s = leg_s(inputs, visit.building_id, stop.building_id, free_s) if visit is not None and known else 0
        if stop.start_s < free_s + leg_time_s:
            detail = f"{exact_clock(stop.start_s)} < {exact_clock(free_s + leg_time_s)}"
            yield Violation("P15", f"{team_id} {stop.visit_id}", {"detail": detail})


def _broken_links(inputs: CheckInputs, plan: Plan, begun: Set[str]) -> Iterator[Violation]:
    """Yield a violation for each visit dropped without a new event about it, though a linked visit has begun."""
    if inputs.log is None or inputs.before is None:
        return
    before, made = stops_by_visit(inputs.before.plan), stops_by_visit(plan)
    n_known = len(inputs.before.log.events) if inputs.before.log else 0
    new = inputs.log.events[n_known:]
    groups = {inputs.visits[v].link_group for v in begun if v in inputs.visits} - {None}
    for visit in inputs.visits.values():
        lost = visit.visit_id in before and visit.visit_id not in made
        if lost and visit.link_group in groups:
            teams = {t for t, _ in before[visit.visit_id]}
            people = {i for t in inputs.before.plan.teams if t.team_id in teams for i in t.member_ids}
            if not any(_is_about(e, visit.visit_id, teams, people) for e in new):
                yield Violation("P15", visit.visit_id, {"detail": visit.link_group or ""})


def _is_about(e: Event, visit_id: str, teams: set[str], people: set[str]) -> bool:
    if isinstance(e, DoorLocked):
        return e.visit_id == visit_id
    if isinstance(e, Delayed | VisitBegun):
        return e.team_id in teams
    return isinstance(e, RoadClosed) or (isinstance(e, OffDuty) and e.person_id in people)
