"""Whether a plan that was changed on its day heeds what happened, and leaves alone what had begun."""

from __future__ import annotations

from collections.abc import Iterator

from geodata.clock import exact_clock
from sweep.check.inputs import CheckInputs
from sweep.day.events import Event, Held, Ill, Locked
from sweep.records.plan import Plan, Stop, Violation


def check_p09_the_day(inputs: CheckInputs, plan: Plan) -> Iterator[Violation]:
    """Nobody ill goes on, a held team starts nothing, a locked door stays shut, and no begun stop is moved."""
    log = inputs.log
    if log is None:
        return
    for event in log.events:
        yield from _unheeded(plan, event)
    if inputs.before is not None:
        yield from _moved(inputs.before, plan, log.at_s)
    doors = {e.visit_id for e in log.events if isinstance(e, Locked)}
    for route in plan.routes:
        for stop in route.stops:
            if stop.is_attempt and stop.visit_id not in doors:
                yield Violation("P09", f"{route.team_id} {stop.visit_id}", {"detail": "is_attempt"})


def _unheeded(plan: Plan, e: Event) -> Iterator[Violation]:
    if isinstance(e, Ill):
        yield from (
            Violation("P09", e.person_id, {"detail": t.team_id}) for t in plan.teams if e.person_id in t.member_ids
        )
    for route in plan.routes:
        for stop in route.stops:
            where = f"{route.team_id} {stop.visit_id}"
            if isinstance(e, Held) and route.team_id == e.team_id and e.at_s < stop.start_s < e.until_s:
                yield Violation("P09", where, {"detail": f"{exact_clock(stop.start_s)} < {exact_clock(e.until_s)}"})
            if isinstance(e, Locked) and stop.visit_id == e.visit_id and not stop.is_attempt:
                shut = e.until_s is None or stop.start_s < e.until_s
                if shut and stop.end_s > e.at_s:
                    yield Violation("P09", where, {"detail": exact_clock(stop.start_s)})


def _moved(before: Plan, plan: Plan, at_s: int) -> Iterator[Violation]:
    """Stops that had begun and are elsewhere now, or end sooner though they were no attempt."""
    now = {(r.team_id, s.visit_id, s.slot, s.start_s): s for r in plan.routes for s in r.stops}
    for route in before.routes:
        for stop in route.stops:
            if stop.start_s > at_s:
                continue
            kept = now.get((route.team_id, stop.visit_id, stop.slot, stop.start_s))
            if kept is None or not _goes_on(stop, kept):
                yield Violation("P09", f"{route.team_id} {stop.visit_id}", {"detail": exact_clock(stop.start_s)})


def _goes_on(stop: Stop, kept: Stop) -> bool:
    return kept.is_attempt or (kept.end_s >= stop.end_s and kept.building_id == stop.building_id)
