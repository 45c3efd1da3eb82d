"""Check that a re-plan keeps the begun stops of each route (executed prefix), and can reach its next stop."""

from collections.abc import Iterator, Sequence
from dataclasses import replace

from geodata.day_times import exact_clock
from sweep.check.check_inputs import CheckInputs, leg_s
from sweep.day.event_records import AT_LOCKED_DOOR_S, Delayed, DoorLocked, Event
from sweep.day.executed_stops import n_begun, reported_begun
from sweep.records.plan import Plan, Route, Stop, Violation


def check_begun(inputs: CheckInputs, before: Plan, plan: Plan, at_s: int, new: Sequence[Event]) -> Iterator[Violation]:
    """Yield violations for differences in begun stops, breaks and departures that no event explains (P09)."""
    events = inputs.log.events if inputs.log else new
    counts = n_begun(before, at_s, events[: len(events) - len(new)], new)
    counts_now, reported = n_begun(plan, at_s, events), reported_begun(events)
    held = {e.team_id: e.until_s for e in new if isinstance(e, Delayed)}
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
        begun = _as_it_went([*old.stops[:n_old], *given], locked, held.get(team_id))
        yield from _changed(team_id, begun, now.stops[:n_now])
        if has_departed(old, at_s) and now.depart_s != old.depart_s:
            yield Violation("P09", team_id, {"detail": f"depart_s {exact_clock(now.depart_s)}"})
        if not _is_pause_kept(old, now, at_s, is_held=team_id in held):
            yield Violation("P09", team_id, {"detail": "break_s"})
        yield from _too_soon(inputs, before, old, begun, (old.stops[n_old:], now.stops[n_now:]), at_s)


def _n_kept(old: Route, begun: Sequence[Stop], count: int) -> int:
    """
    Return the number of stops at the start of the old route that the new plan shows as begun, at least `count`.

    A stop may have begun because another team of the same visit began it.
    """
    known = {(s.visit_id, s.slot, s.start_s) for s in begun}
    changed = (n for n, s in enumerate(old.stops) if n >= count and (s.visit_id, s.slot, s.start_s) not in known)
    return next(changed, len(old.stops))


def has_departed(route: Route, at_s: int) -> bool:
    """Whether a team had departed by `at_s`; a team called back before its first stop has departed too."""
    if not route.stops:
        return route.depart_s < min(at_s, route.return_s)
    return route.depart_s < at_s or route.stops[0].start_s <= at_s


def _as_it_went(stops: Sequence[Stop], locked: dict[str, DoorLocked], held_until_s: int | None) -> list[Stop]:
    """Return begun stops as the events changed them: cut short at a locked door, extended by a delay on site."""
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
    """
    Yield a violation if the team cannot reach its next stop in time.

    `left` holds the stops still ahead, in the previous plan and in the new plan.
    """
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
    Return the earliest arrival of a team at the place `there`, in seconds.

    A team at a place drives straight there. A team en route continues to its destination and drives on from there, or
    turns back by the road that it came.
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
