"""Check that a re-planned day complies with its events, keeps the begun stops and changes nothing else (P09)."""

from collections.abc import Iterator, Sequence
from dataclasses import replace

from geodata.clock_times import exact_clock
from sweep.check.checker_inputs import CheckInputs, PreviousPlan, leg_s, team_index
from sweep.day.event_consistency import contradiction_issues, known_ids
from sweep.day.event_records import AT_LOCKED_DOOR_S, DayLog, Delayed, DoorLocked, Event, OffDuty, Urgent
from sweep.day.events_file import event_issues
from sweep.day.executed_stops import is_released, n_begun, off_duty_s, reported_begun
from sweep.records.people import Team
from sweep.records.plan import Plan, Route, Stop, Violation
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
    """Return the events since the previous plan; None if the log lacks that plan's events, or is of an earlier time."""
    earlier, since_s = (before.log.events, before.log.at_s) if before.log else ((), log.at_s)
    if log.events[: len(earlier)] != earlier or since_s > log.at_s:
        return None
    return log.events[len(earlier) :]


def _log_faults(inputs: CheckInputs, log: DayLog, before: PreviousPlan, new: tuple[Event, ...]) -> Iterator[Violation]:
    """Yield violations of the event log: wrong time, events that `sweep replan` would reject, wrong urgent visits."""
    shifts = [t.shift_s for t in before.plan.teams if not t.is_reserve]
    if not min((s for s, _ in shifts), default=0) <= log.at_s < max((end for _, end in shifts), default=0):
        yield Violation("P09", LOG, {"detail": exact_clock(log.at_s)})
    came_up = {e.visit.visit_id: e.visit for e in new if isinstance(e, Urgent)}
    known = known_ids(before.plan, inputs.visits.keys() - came_up.keys(), inputs.places)
    earlier = before.log.events if before.log else ()
    for issue in event_issues(new, log.at_s, known, LOG) + contradiction_issues(
        new, log.at_s, before.plan, earlier, LOG
    ):
        yield Violation("P09", issue.where, {"detail": issue.code})
    for visit in came_up.values():
        if lacking := ", ".join(_not_of_an_event(inputs, visit)):
            yield Violation("P09", f"{LOG} {visit.visit_id}", {"detail": lacking})


def _not_of_an_event(inputs: CheckInputs, visit: Visit) -> Iterator[str]:
    """Yield the names of the fields in which an urgent visit differs from one that the planner adds for an event."""
    building, form = inputs.buildings.get(visit.building_id), inputs.settings.form
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
    """Yield a violation for each team that differs from the previous plan by more than people who went off duty."""
    ill = {e.person_id: e for e in new if isinstance(e, OffDuty)}
    old_teams, routes = team_index(before), {r.team_id: r for r in plan.routes}
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
        if not _is_reserve_valid(old, team, log.at_s, has_begun=n > 0):
            yield Violation("P09", team.team_id, {"detail": "is_reserve, called_s"})


def _is_reserve_valid(old: Team, team: Team, at_s: int, *, has_begun: bool) -> bool:
    """Return whether a team's reserve status and call time are as before, or a re-plan at `at_s` may have set them."""
    if (team.is_reserve, team.called_s) == (old.is_reserve, old.called_s):
        return True
    if old.is_reserve:
        return not team.is_reserve and team.called_s == at_s
    # Called out without starting a visit.
    return team.is_reserve and team.called_s is None and old.called_s is not None and not has_begun


def check_begun(inputs: CheckInputs, before: Plan, plan: Plan, at_s: int, new: Sequence[Event]) -> Iterator[Violation]:
    """
    Yield violations (P09): begun stops, breaks and departures that differ from the plan `before` without an event.

    The re-plan was made at `at_s`, in seconds after midnight, for the events `new`.
    """
    events = inputs.log.events if inputs.log else new
    counts = n_begun(before, at_s, events[: len(events) - len(new)], new)
    counts_now, reported = n_begun(plan, at_s, events), reported_begun(events)
    # A delay of an earlier re-plan lasts even at a door that was locked before it.
    delays = [e for e in events if isinstance(e, Delayed) and e.until_s > at_s]
    locked = {e.visit_id: e for e in new if isinstance(e, DoorLocked)}
    old_routes = {r.team_id: r for r in before.routes}
    routes = {r.team_id: r for r in plan.routes}
    for team_id in sorted(old_routes.keys() | routes.keys()):
        old, now = (index.get(team_id) or Route(team_id, 0, (), 0, 0, 0) for index in (old_routes, routes))
        n_old, n_now = counts.get(team_id, 0), counts_now.get(team_id, 0)
        ordered = {s.visit_id for s in old.made}
        given = [
            s
            for s in now.stops[:n_now]
            if (team_id, s.visit_id) in reported and s.visit_id not in ordered and not s.is_attempt
        ]
        n_old = _n_kept(old, now.stops[:n_now], n_old)
        n_now = max(n_now, n_old + len(given))
        begun = [*old.stops[:n_old], *given]
        here = begun[-1].visit_id if begun else None
        held = [e.until_s for e in delays if e.team_id == team_id and not is_released(e, events, here)]
        begun = _as_executed(begun, locked, held[-1] if held else None)
        yield from _changed(team_id, begun, now.stops[:n_now])
        if has_departed(old, at_s) and now.depart_s != old.depart_s:
            yield Violation("P09", team_id, {"detail": f"depart_s {exact_clock(now.depart_s)}"})
        if not _is_pause_kept(old, now, at_s, is_held=bool(held)):
            yield Violation("P09", team_id, {"detail": "break_s"})
        yield from _too_soon(inputs, before, old, begun, (old.stops[n_old:], now.stops[n_now:]), at_s)


def _n_kept(old: Route, begun: Sequence[Stop], count: int) -> int:
    """
    Return how many stops of the old route have begun: its first `count`, and the next ones as long as in `begun`.

    `begun`: begun stops of the new route. A stop may have begun because another team of the same visit began it.
    """
    known = {(s.visit_id, s.slot, s.start_s) for s in begun}
    changed = (n for n, s in enumerate(old.stops) if n >= count and (s.visit_id, s.slot, s.start_s) not in known)
    return next(changed, len(old.stops))


def has_departed(route: Route, at_s: int) -> bool:
    """Whether a team had departed by `at_s`; a team called back before its first stop has departed too."""
    if not route.stops:
        return route.depart_s < min(at_s, route.return_s)
    return route.depart_s < at_s or route.stops[0].start_s <= at_s


def _as_executed(stops: Sequence[Stop], locked: dict[str, DoorLocked], held_until_s: int | None) -> list[Stop]:
    """Return begun stops as made: cut short at `locked` doors (by visit id), the last extended to `held_until_s`."""
    begun = []
    for stop in stops:
        door = locked.get(stop.visit_id)
        if door is not None and not stop.is_attempt and stop.end_s > door.at_s:
            end = min(stop.end_s, max(door.at_s, stop.start_s + AT_LOCKED_DOOR_S))
            stop = replace(stop, is_attempt=True, end_s=end)
        begun.append(stop)
    if begun and held_until_s is not None:
        begun[-1] = replace(begun[-1], end_s=max(begun[-1].end_s, held_until_s))
    return begun


def _changed(team_id: str, begun: Sequence[Stop], now: Sequence[Stop]) -> Iterator[Violation]:
    """Yield violations for begun stops that the new plan changes, and for stops that it wrongly shows as begun."""
    for stop in begun:
        if stop not in now:
            yield Violation("P09", f"{team_id} {stop.visit_id}", {"detail": exact_clock(stop.start_s)})
    own = {(s.visit_id, s.start_s) for s in begun}
    for stop in now:
        if stop not in begun and (stop.visit_id, stop.start_s) not in own:
            yield Violation("P09", f"{team_id} {stop.visit_id}", {"detail": exact_clock(stop.start_s)})


def _is_pause_kept(old: Route, now: Route, at_s: int, *, is_held: bool) -> bool:
    if old.break_s == now.break_s:
        return True
    # A team delayed on site takes its break later.
    has_begun = old.break_s is not None and old.break_s[0] <= at_s
    return (not has_begun or is_held) and (now.break_s is None or now.break_s[0] >= at_s)


def _too_soon(
    inputs: CheckInputs,
    before: Plan,
    old: Route,
    begun: Sequence[Stop],
    left: tuple[Sequence[Stop], Sequence[Stop]],
    at_s: int,
) -> Iterator[Violation]:
    """Yield a violation if the team cannot reach its next stop in time; `left`: stops ahead in old and new plan."""
    was_ahead, ahead = (next(iter(stops), None) for stops in left)
    base = next((t.base_id for t in before.teams if t.team_id == old.team_id), None)
    if ahead is None or base is None or not {base, ahead.building_id} <= inputs.places.keys():
        return
    if was_ahead is not None and (ahead.visit_id, ahead.start_s) == (was_ahead.visit_id, was_ahead.start_s):
        return
    soonest = _soonest_s(inputs, base, old, begun, was_ahead, at_s, ahead.building_id)
    if ahead.start_s < soonest:
        where = f"{old.team_id} {ahead.visit_id}"
        yield Violation("P09", where, {"detail": f"{exact_clock(ahead.start_s)} < {exact_clock(soonest)}"})


def _soonest_s(
    inputs: CheckInputs,
    base: str,
    old: Route,
    begun: Sequence[Stop],
    was_ahead: Stop | None,
    at_s: int,
    there: str,
) -> int:
    """
    Return the earliest arrival, in seconds, of a team at the place `there`, after its stops `begun`.

    A team at a place drives straight to `there`. A team en route continues to `there` from its destination, or turns
    back by the road that it came. `was_ahead`: its next stop by the old plan; None: it returns to `base`.
    """
    place = begun[-1].building_id if begun else base
    left_s = begun[-1].end_s if begun else old.depart_s
    pause = old.break_s
    if pause is not None and pause[0] <= at_s:
        left_s = max(left_s, pause[1])
    waits = pause is not None and pause[0] > at_s and (was_ahead is None or pause[0] < was_ahead.start_s)
    straight = leg_s(inputs, place, there, max(left_s, at_s))
    if not has_departed(old, at_s) or waits or left_s >= at_s:
        return max(at_s, left_s if begun else at_s) + straight
    heading, arrive_s = (was_ahead.building_id, was_ahead.arrive_s) if was_ahead else (base, old.return_s)
    onward = max(arrive_s, at_s) + (0 if heading == there else leg_s(inputs, heading, there, at_s))
    back = 2 * at_s - left_s + (0 if place == there else straight)
    return max(min(onward, back), left_s + straight)
