"""Re-planning of the remaining part of a published plan's day, after events."""

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import replace

from geodata.errors import InputError, Issue
from sweep.day.event_consistency import contradiction_issues, known_ids
from sweep.day.event_records import DayLog, Event, RoadClosed, Urgent
from sweep.day.events_file import event_issues, read_events
from sweep.day.journal.journal_entry import Entry
from sweep.disk.json_errors import json_path
from sweep.jobs.replan.load_plan_of_day import PlanOfDay, refuse_moment, with_places
from sweep.jobs.replan.publish_change import PlannedChange
from sweep.plan.replan.plan_changes import plan_changes
from sweep.plan.replan.replan import Replanned, replan
from sweep.plan.solve import Settings
from sweep.records.people import POLICE
from sweep.records.squad_slots import split_slots


def plan_change(
    today: PlanOfDay,
    at_s: int,
    events_text: str,
    file: str,
    settings: Settings,
    *,
    price: float | None = None,
    call_reserve: bool = False,
    on_progress: Callable[[float, float, int], None] | None = None,
    reports: tuple[Entry, ...] = (),
) -> PlannedChange:
    """
    Return the re-planned day from `at_s` on, with its changes; nothing is written.

    Parameters
    ----------
    events_text, file
        Content of events.json, and its name in errors.
    settings
        Seed and limits of the search.
    price
        Penalty of a changed stop in the search; None: `default_price`, the mean value of a remaining visit.
    call_reserve
        Whether the plan may call out reserve teams.
    on_progress
        Called with the progress of the search: share of the limit, objective, changed stops.
    reports
        Journal entries up to `at_s`, from which the checker verifies the executed stops.

    Raises
    ------
    InputError
        S541-S559, S564 and S565 for events and time, S563 for a team without a route home.
    """
    edition, log = today.edition, today.log
    earlier = log.events if log else ()
    refuse_moment(today, at_s)
    out = [t.n_certified.get(POLICE, 0) for t in today.plan.teams if not t.is_reserve]
    last_start_s, most_police = edition.scenario.plan.window_end_s, max(out, default=0)
    items, values = edition.scenario.form.items, edition.values
    events = read_events(
        events_text, at_s, edition.buildings, last_start_s, file, most_police, items=items, values=values
    )
    if edition.scenario.teams.mode == "squads":
        events = tuple(_for_squads(e) for e in events)
    urgent = [e.visit.building_id for e in (*earlier, *events) if isinstance(e, Urgent)]
    morning = with_places(today.problem, edition, urgent)
    came_up = (e.visit.visit_id for e in earlier if isinstance(e, Urgent))
    known = known_ids(today.plan, (*(v.visit_id for v in morning.visits), *came_up), morning.places)
    faults = event_issues(events, at_s, known, file)
    if faults := faults + contradiction_issues(events, at_s, today.plan, earlier, file):
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
        on_progress=on_progress,
    )
    if faults := _stranded(made, events, file):
        raise InputError(faults)
    now = DayLog(at_s, (*earlier, *events), hashlib.sha256(today.plan_bytes).hexdigest())
    return PlannedChange(today, morning, made, tuple(plan_changes(today.plan, made, events)), now, reports)


def _for_squads(event: Event) -> Event:
    if not isinstance(event, Urgent):
        return event
    return replace(event, visit=replace(event.visit, slots=split_slots(event.visit.slots)))


def _stranded(made: Replanned, events: Sequence[Event], file: str) -> list[Issue]:
    issues = []
    for route in made.plan.routes:
        if route.stops and route.return_travel_s >= made.rest.day.unreachable:
            at = route.stops[-1].building_id
            closed = [n for n, e in enumerate(events) if isinstance(e, RoadClosed) and at in (e.from_id, e.to_id)]
            where = json_path(file, "events", closed[-1]) if closed else file
            issues.append(Issue("S563", where, {"team": route.team_id, "id": at}))
    return issues
