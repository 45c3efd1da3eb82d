"""Check that a re-planned day complies with its events, and changes nothing else (P09)."""

from collections.abc import Iterator
from dataclasses import replace

from geodata.day_times import exact_clock
from sweep.check.check_inputs import CheckInputs, PreviousPlan
from sweep.check.day.executed_prefix import check_begun
from sweep.day.event_consistency import contradiction_issues
from sweep.day.event_records import DayLog, Delayed, DoorLocked, Event, OffDuty, Urgent
from sweep.day.events_file import event_issues
from sweep.day.executed_stops import is_released, n_begun, off_duty_s, reported_begun
from sweep.records.people import Team
from sweep.records.plan import Plan, Violation
from sweep.records.service_time import doors_to_call_at
from sweep.records.visits import Visit

# Location of errors in the event log itself.
LOG = "day_log"


def check_p09_the_day(inputs: CheckInputs, plan: Plan) -> Iterator[Violation]:
    """
    P09: the plan obeys the day's events, keeps what had begun, and follows from the plan that it replaced.

    A person off duty makes no stops, a delayed team starts nothing, a locked door stays locked. Without a re-plan,
    fields that only a re-plan may set are violations. With a re-plan, the plan that it replaced is required: its teams
    and begun stops must agree.
    """
    log, before = inputs.log, inputs.before
    if log is None:
        yield from _only_on_a_day(plan)
        return
    for event in log.events:
        yield from _unheeded(plan, event, log.events)
    if before is None:
        yield Violation("P09", LOG, {"detail": f"before.json {log.before_sha256[:16]}"})
        return
    new = _new_events(log, before)
    if new is None:
        yield Violation("P09", LOG, {"detail": "events"})
        return
    yield from _log_faults(inputs, log, before, new)
    yield from _other_teams(before.plan, plan, log, new)
    yield from check_begun(inputs, before.plan, plan, log.at_s, new)
    earlier = replace(inputs, log=before.log, before=before.before)
    yield from (replace(v, where=f"before.json {v.where}") for v in check_p09_the_day(earlier, before.plan))


def _only_on_a_day(plan: Plan) -> Iterator[Violation]:
    """Yield a violation for each field that only a re-plan may set: former members, called reserves, attempts."""
    for team in plan.teams:
        for key, is_there in (("former", bool(team.former)), ("called_s", team.called_s is not None)):
            if is_there:
                yield Violation("P09", team.team_id, {"detail": key})
    for route in plan.routes:
        for stop in route.stops:
            if stop.is_attempt:
                yield Violation("P09", f"{route.team_id} {stop.visit_id}", {"detail": "is_attempt"})


def _unheeded(plan: Plan, e: Event, events: tuple[Event, ...]) -> Iterator[Violation]:
    known = tuple(x for x in events if x.at_s <= e.at_s)
    counts, reported = n_begun(plan, e.at_s, known), reported_begun(events)
    if isinstance(e, OffDuty):
        yield from (
            Violation("P09", e.person_id, {"detail": t.team_id}) for t in plan.teams if e.person_id in t.member_ids
        )
    for route in plan.routes:
        count = counts[route.team_id]
        is_over = isinstance(e, Delayed) and is_released(e, events, route.stops[count - 1].visit_id if count else None)
        for n, stop in enumerate(route.stops):
            where = f"{route.team_id} {stop.visit_id}"
            is_ahead = n >= count and not is_over
            if isinstance(e, Delayed) and is_ahead and route.team_id == e.team_id and stop.start_s < e.until_s:
                yield Violation("P09", where, {"detail": f"{exact_clock(stop.start_s)} < {exact_clock(e.until_s)}"})
            if isinstance(e, DoorLocked) and stop.visit_id == e.visit_id and not stop.is_attempt:
                shut = e.until_s is None or stop.start_s < e.until_s
                is_open = (route.team_id, stop.visit_id) in reported
                if shut and not is_open and stop.end_s > e.at_s:
                    yield Violation("P09", where, {"detail": exact_clock(stop.start_s)})


def _new_events(log: DayLog, before: PreviousPlan) -> tuple[Event, ...] | None:
    """Return the events since the previous plan; None if events of that plan are missing or its time is later."""
    earlier, since_s = (before.log.events, before.log.at_s) if before.log else ((), log.at_s)
    if log.events[: len(earlier)] != earlier or since_s > log.at_s:
        return None
    return log.events[len(earlier) :]


def _log_faults(inputs: CheckInputs, log: DayLog, before: PreviousPlan, new: tuple[Event, ...]) -> Iterator[Violation]:
    """Yield violations of the event log: its time, events that `sweep replan` would reject, urgent visits."""
    shifts = [t.shift_s for t in before.plan.teams if not t.is_reserve]
    if not min((s for s, _ in shifts), default=0) <= log.at_s < max((end for _, end in shifts), default=0):
        yield Violation("P09", LOG, {"detail": exact_clock(log.at_s)})
    came_up = {e.visit.visit_id: e.visit for e in new if isinstance(e, Urgent)}
    known = {
        "teams": frozenset(t.team_id for t in before.plan.teams),
        "people": frozenset(i for t in before.plan.teams for i in t.member_ids),
        "visits": frozenset(inputs.visits) - came_up.keys(),
        "places": frozenset(inputs.places),
    }
    earlier = before.log.events if before.log else ()
    for issue in event_issues(new, log.at_s, known, LOG) + contradiction_issues(
        new, log.at_s, before.plan, earlier, LOG
    ):
        yield Violation("P09", issue.where, {"detail": issue.code})
    for visit in came_up.values():
        if lacking := ", ".join(_not_of_an_event(inputs, visit)):
            yield Violation("P09", f"{LOG} {visit.visit_id}", {"detail": lacking})


def _not_of_an_event(inputs: CheckInputs, visit: Visit) -> Iterator[str]:
    """Yield the names of an urgent visit's fields that differ from what an event would create."""
    building, form = inputs.buildings.get(visit.building_id), inputs.scenario.form
    if building is None:
        yield "building_id"
        return
    facts = {
        "division_code": (visit.division_code, building.division_code),
        "track": (visit.track, "case"),
        "n_firms": (visit.n_firms, doors_to_call_at(building.n_firms, building.floor_area_m2)),
        "slots": (sum(s.n_guards for s in visit.slots), building.n_exits),
        "is_immediate": (visit.is_immediate, True),
        "warrant": (visit.warrant, ""),
        "items": ({*visit.items} <= {*form.police, *form.market_regulation}, True),
        "link_group": (visit.link_group, None),
    }
    yield from (name for name, (stated, own) in facts.items() if stated != own)


def _other_teams(before: Plan, plan: Plan, log: DayLog, new: tuple[Event, ...]) -> Iterator[Violation]:
    """Yield violations for teams that differ from the previous plan by more than members who went off duty since."""
    ill = {e.person_id: e for e in new if isinstance(e, OffDuty)}
    old_teams, routes = {t.team_id: t for t in before.teams}, {r.team_id: r for r in plan.routes}
    counts = n_begun(plan, log.at_s, log.events)
    for team_id in sorted(old_teams.keys() ^ {t.team_id for t in plan.teams}):
        yield Violation("P09", team_id, {"detail": "teams"})
    for team in plan.teams:
        old = old_teams.get(team.team_id)
        if old is None:
            continue
        n = counts.get(team.team_id, 0)
        gone = {(i, off_duty_s(ill[i], routes.get(team.team_id), n)) for i in old.member_ids if i in ill}
        wrong = {i for i, _ in {*team.former} ^ {*old.former, *gone}}
        wrong |= {*team.member_ids} ^ {i for i in old.member_ids if i not in ill}
        # A member who is ill and still in the team is reported as such.
        if wrong := wrong - {i for i in team.member_ids if i in ill}:
            yield Violation("P09", team.team_id, {"detail": ", ".join(sorted(wrong))})
        if (team.base_id, team.shift_s) != (old.base_id, old.shift_s):
            yield Violation("P09", team.team_id, {"detail": "base_id, shift_s"})
        if not _may_stand_so(old, team, log.at_s, has_begun=n > 0):
            yield Violation("P09", team.team_id, {"detail": "is_reserve, called_s"})


def _may_stand_so(old: Team, team: Team, at_s: int, *, has_begun: bool) -> bool:
    """Whether a team's reserve status and call time are as before, or a re-plan at `at_s` may have set them."""
    if (team.is_reserve, team.called_s) == (old.is_reserve, old.called_s):
        return True
    if old.is_reserve:
        return not team.is_reserve and team.called_s == at_s
    # Called out without starting a visit.
    return team.is_reserve and team.called_s is None and old.called_s is not None and not has_begun
