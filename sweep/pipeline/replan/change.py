"""A published plan changed on its day: read back, planned again, judged, and published beside the old one."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from pathlib import Path

import shapely
from shapely.geometry import LineString

from geodata.errors import InputError, Issue
from geodata.staging import change as change_files
from geodata.texts import load_texts
from sweep.check.coverage import measure_coverage
from sweep.check.inputs import Before, CheckInputs
from sweep.check.rules import OF_THE_OFFER, check_plan, hard_and_soft
from sweep.day.events import Closed, DayLog, Event, Urgent
from sweep.day.events_file import event_faults, read_events
from sweep.day.the_record import record_faults
from sweep.disk.files import refuse_unwritable
from sweep.disk.json_faults import json_path
from sweep.pipeline.edition import plan_id
from sweep.pipeline.replan.new_places import point_of, with_places
from sweep.pipeline.replan.today import Today, refuse_moment
from sweep.pipeline.review import before_name, befores, read_before
from sweep.plan.problem.file import FILE_NAME as PROBLEM_NAME
from sweep.plan.problem.file import problem_sha256
from sweep.plan.problem.problem import Problem
from sweep.plan.replan.changes import Change, plan_changes
from sweep.plan.replan.replan import Replanned, replan
from sweep.plan.solve import Settings
from sweep.publish.edition import Edition
from sweep.publish.page.escape import file_stem
from sweep.publish.write import Enter, write_edition
from sweep.records.people import POLICE, Team
from sweep.records.plan import Plan, Route
from sweep.records.squads import split_slots
from sweep.records.visits import TargetReason, Visit


@dataclass(frozen=True, slots=True)
class ChangedDay:
    """What a change of the day made."""

    edition: Edition
    replanned: Replanned
    changes: tuple[Change, ...]
    folder: Path
    files: tuple[Path, ...]
    carried: tuple[str, ...]
    """Orders that are, byte for byte, what they were."""


def change_day(
    today: Today,
    at_s: int,
    events_text: str,
    file: str,
    settings: Settings,
    *,
    price: float | None = None,
    call_reserve: bool = False,
    watch: Callable[[float, float, int], None] | None = None,
    first: Callable[[Replanned, Sequence[Change]], None] | None = None,
    enter: Enter | None = None,
    out: Path | None = None,
) -> ChangedDay:
    """
    Plan the rest of the day again and publish the result beside the old edition, which stays as it is.

    Parameters
    ----------
    at_s
        The moment.
    events_text, file
        What events.json holds, and what to call it in the issues.
    price
        What a changed stop costs; None: `default_price`, the mean value of a visit that is left.
    call_reserve
        Whether teams that stand by may be sent out.
    watch
        Called with how far the search is: share of the limit, value, changed stops.
    first
        Called with the answer before any page is made.
    enter
        As in `sweep.publish.write.write_edition`.
    out
        Folder of all editions that the new one goes to; None: that of the old one.

    Raises
    ------
    InputError
        S541-S559 for the events and the moment, S563 where a team has no way home left; nothing is written.
    OSError
        If nothing can be written there; raised before the work is done.
    """
    edition, log = today.edition, today.log
    earlier = log.events if log else ()
    place = today.folder.parent if out is None else out / edition.scenario.name
    refuse_unwritable(place)
    refuse_moment(today, at_s)
    last_start_s, most_police = edition.scenario.plan.window_end_s, _most_police(today.plan)
    events = read_events(events_text, at_s, edition.buildings, last_start_s, file, most_police)
    if edition.scenario.teams.mode == "squads":
        events = tuple(_for_squads(e) for e in events)
    urgent = [e.visit.building_id for e in (*earlier, *events) if isinstance(e, Urgent)]
    morning = with_places(today.problem, edition, urgent)
    faults = event_faults(events, at_s, _known(today, morning), file)
    if faults := faults + record_faults(events, at_s, today.plan, earlier, file):
        raise InputError(faults)
    made = replan(
        morning,
        today.plan,
        at_s,
        events,
        settings,
        earlier=earlier,
        price=price,
        call_reserve=call_reserve,
        watch=watch,
    )
    if faults := _stranded(made, events, file):
        raise InputError(faults)
    changes = plan_changes(today.plan, made, events)
    if first is not None:
        first(made, changes)
    now = DayLog(at_s, (*earlier, *events), hashlib.sha256(today.plan_bytes).hexdigest())
    fresh = _edition(today, morning, made, now)
    carried = _unchanged_orders(today, fresh)
    with change_files(place):
        pages = [f"teams/{file_stem(t)}.html" for t in carried]
        plans = [today.plan_bytes, *(befores(today.folder) if log else ())]
        kept = {name: (today.folder / name).read_bytes() for name in (PROBLEM_NAME, *pages)}
        kept |= {before_name(n): content for n, content in enumerate(plans)}
        folder = place / fresh.plan_id
        files = write_edition(fresh, folder, load_texts(edition.scenario.lang), kept, pages, enter)
    return ChangedDay(fresh, made, changes, folder, files, tuple(sorted(pages)))


def _most_police(plan: Plan) -> int:
    """Certified police of the team on the road that has most."""
    return max((t.n_certified.get(POLICE, 0) for t in plan.teams if not t.is_reserve), default=0)


def _for_squads(event: Event) -> Event:
    if not isinstance(event, Urgent):
        return event
    return replace(event, visit=replace(event.visit, slots=split_slots(event.visit.slots)))


def _known(today: Today, morning: Problem) -> dict[str, frozenset[str]]:
    teams = today.plan.teams
    earlier = [e.visit.visit_id for e in (today.log.events if today.log else ()) if isinstance(e, Urgent)]
    return {
        "teams": frozenset(t.team_id for t in teams),
        "people": frozenset(i for t in teams for i in t.member_ids),
        "visits": frozenset((*(v.visit_id for v in morning.visits), *earlier)),
        "places": frozenset(morning.places),
    }


def _stranded(made: Replanned, events: Sequence[Event], file: str) -> list[Issue]:
    """S563 for each team that has no way home left from where it is: its shift would never end."""
    issues = []
    for route in made.plan.routes:
        if route.stops and route.return_travel_s >= made.rest.day.unreachable:
            at = route.stops[-1].building_id
            closed = [n for n, e in enumerate(events) if isinstance(e, Closed) and at in (e.from_id, e.to_id)]
            where = json_path(file, "events", closed[-1]) if closed else file
            issues.append(Issue("S563", where, {"team": route.team_id, "id": at}))
    return issues


def _edition(today: Today, morning: Problem, made: Replanned, log: DayLog) -> Edition:
    """The old edition with the new plan in it, judged."""
    old, day = today.edition, made.rest.day
    visits = {v.visit_id: v for v in day.visits}
    urgent = [e.visit for e in log.events if isinstance(e, Urgent)]
    reasons = {**old.reasons, **{v.visit_id: _reasons(v) for v in urgent}}
    inputs = CheckInputs(
        scenario=old.scenario,
        buildings=old.buildings,
        persons=old.persons,
        bases=old.bases,
        visits=visits,
        draw=old.draw,
        n_inspections={},
        credit_class={},
        places=morning.places,
        travel_s=morning.travel_s,
        distance_m=morning.distance_m,
        log=log,
        before=Before(today.plan, today.log, read_before(today.folder, today.log)),
        reasons=reasons,
        pins=old.pins,
    )
    violations, shortfalls = hard_and_soft(check_plan(inputs, made.plan, OF_THE_OFFER))
    return replace(
        old,
        plan_id=plan_id(old.scenario, old.inputs, made.plan, log),
        plan=made.plan,
        swaps={},
        played=None,
        visits=visits,
        coverage=measure_coverage(old.buildings, old.ranking, old.clusters, visits, made.plan),
        violations=violations,
        shortfalls=shortfalls,
        route_lines={r.team_id: _lines(old, today.plan, made.plan, r) for r in made.plan.routes},
        reasons=reasons,
        problem_sha256=problem_sha256(today.problem),
        log=log,
    )


def _reasons(visit: Visit) -> tuple[TargetReason, ...]:
    """Why an urgent visit is made: what its event says, for the building and each firm (C29)."""
    values = {"track": visit.track, "basis": ", ".join(visit.basis)}
    return tuple(TargetReason(uscc, "basis", values) for uscc in ("", *visit.targets))


def _lines(old: Edition, before: Plan, after: Plan, route: Route) -> tuple[LineString, ...]:
    """Streets of the legs that were driven before, straight lines for new ones."""
    known: dict[tuple[str, str], LineString] = {}
    for r in before.routes:
        legs = pairwise(_places_of(before, r))
        known.update(zip(legs, old.route_lines.get(r.team_id, ()), strict=False))
    if not route.stops:
        return ()
    return tuple(known.get((a, b)) or _straight(old, a, b) for a, b in pairwise(_places_of(after, route)))


def _places_of(plan: Plan, route: Route) -> list[str]:
    base = next(t.base_id for t in plan.teams if t.team_id == route.team_id)
    return [base, *(s.building_id for s in route.stops), base]


def _straight(edition: Edition, a: str, b: str) -> LineString:
    return shapely.LineString([point_of(edition, i) for i in (a, b)])


def _unchanged_orders(today: Today, fresh: Edition) -> list[str]:
    """Teams whose order says what it said: the same people, stops and partners."""
    old_routes = {r.team_id: r for r in today.plan.routes}
    old_teams = {t.team_id: t for t in today.plan.teams}
    partners = [_partners(p) for p in (today.plan, fresh.plan)]
    same = []
    for team in fresh.plan.teams:
        route = next((r for r in fresh.plan.routes if r.team_id == team.team_id), None)
        old = old_teams.get(team.team_id)
        is_same = old is not None and _on_paper(old) == _on_paper(team) and old_routes.get(team.team_id) == route
        stops = route.stops if route else ()
        if is_same and all(partners[0].get(s.visit_id) == partners[1].get(s.visit_id) for s in stops):
            same.append(team.team_id)
    return [t for t in same if (today.folder / f"teams/{file_stem(t)}.html").is_file()]


def _on_paper(team: Team) -> Team:
    """The team without what a plan file does not hold and no order shows."""
    return replace(team, n_skilled={}, max_duty_s=None, break_time=None)


def _partners(plan: Plan) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for r in plan.routes:
        for s in r.stops:
            found.setdefault(s.visit_id, []).append(r.team_id)
    return found
