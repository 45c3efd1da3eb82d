"""
Plans changed on their day by the real replanning, and edited in ways that no event explains.

Each kind states why it is wrong; the changed plan as it was made is right.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

from sweep.check.checker_inputs import CheckInputs, PreviousPlan
from sweep.day.event_records import DayLog, Delayed, DoorLocked, Event, OffDuty
from sweep.plan.replan.replan import replan
from sweep.plan.solve import Settings
from sweep.records.plan import Plan, Route, Stop
from tests.edited.kinds import Rng, some
from tests.rules.random_days import RandomDay


@dataclass(frozen=True)
class ChangedDay:
    """A changed plan with all that it answers to."""

    inputs: CheckInputs
    plan: Plan

    @property
    def at_s(self) -> int:
        assert self.inputs.log is not None
        return self.inputs.log.at_s

    def logged(self, **changes: object) -> ChangedDay:
        assert self.inputs.log is not None
        return replace(self, inputs=replace(self.inputs, log=replace(self.inputs.log, **changes)))  # type: ignore[arg-type]

    def planned(self, **changes: object) -> ChangedDay:
        return replace(self, plan=replace(self.plan, **changes))  # type: ignore[arg-type]

    def stop(self, old: Stop, **changes: object) -> ChangedDay:
        new = replace(old, **changes)  # type: ignore[arg-type]
        swapped = lambda r: replace(r, stops=tuple(new if s is old else s for s in r.stops))  # noqa: E731
        return self.planned(routes=tuple(map(swapped, self.plan.routes)))

    def team(self, team_id: str, **changes: object) -> ChangedDay:
        teams = (replace(t, **changes) if t.team_id == team_id else t for t in self.plan.teams)  # type: ignore[arg-type]
        return self.planned(teams=tuple(teams))

    def begun(self) -> list[Stop]:
        return [s for r in self.plan.routes for s in r.stops if s.start_s <= self.at_s]

    def ahead(self) -> list[Stop]:
        return [s for r in self.plan.routes for s in r.stops if s.start_s > self.at_s]


def changed_day(day: RandomDay, rng: Rng) -> ChangedDay | None:
    """The day changed at some moment of it, for a find, somebody ill or a locked door; None if nobody goes anywhere."""
    busy = [r for r in day.plan.routes if r.stops]
    if not busy:
        return None
    route = busy[int(rng.integers(len(busy)))]
    at_s = int(rng.integers(route.stops[0].start_s, route.stops[-1].end_s))
    team = next(t for t in day.plan.teams if t.team_id == route.team_id)
    over = {s.visit_id for r in day.plan.routes for s in r.stops if s.end_s <= at_s}
    # A door that somebody has been through and left is not locked.
    door = next((s.visit_id for s in reversed(route.stops) if s.visit_id not in over), None)
    held = Delayed(at_s, route.team_id, at_s + int(rng.integers(600, 5_400)))
    ill = OffDuty(at_s, str(rng.choice(team.member_ids)))
    events: tuple[Event, ...] = (held, ill, held if door is None else DoorLocked(at_s, door, None))
    chosen = (events[int(rng.integers(3))],)
    made = replan(day.problem, day.plan, at_s, chosen, Settings(1, n_iterations=30))
    log = DayLog(at_s, chosen, "0" * 64)
    return ChangedDay(replace(day.inputs, log=log, before=PreviousPlan(day.plan)), made.plan)


type Kind = Callable[[Rng, ChangedDay], ChangedDay | None]
KINDS: dict[str, Kind] = {}


def kind(edit: Kind) -> Kind:
    KINDS[edit.__name__.replace("_", " ")] = edit
    return edit


@kind
def the_plan_before_is_not_there(rng: Rng, day: ChangedDay) -> ChangedDay | None:
    return replace(day, inputs=replace(day.inputs, before=None))


@kind
def the_log_is_gone(rng: Rng, day: ChangedDay) -> ChangedDay | None:
    """What only a change writes stands in the plan still."""
    has_changed = any(t.former for t in day.plan.teams) or any(s.is_attempt for s in day.begun())
    return replace(day, inputs=replace(day.inputs, log=None)) if has_changed else None


@kind
def an_event_struck_out(rng: Rng, day: ChangedDay) -> ChangedDay | None:
    """A person is gone, or a stop was held on or cut short, for no reason any more."""
    before = day.inputs.before
    assert before is not None
    kept = {s for r in before.plan.routes for s in r.stops}
    has_changed = any(t.former for t in day.plan.teams) or any(s not in kept for s in day.begun())
    return day.logged(events=()) if has_changed else None


@kind
def an_event_after_the_change(rng: Rng, day: ChangedDay) -> ChangedDay | None:
    event = DoorLocked(day.at_s + 1, next(iter(day.inputs.visits)), None)
    assert day.inputs.log is not None
    return day.logged(events=(*day.inputs.log.events, event))


@kind
def somebody_ill_who_is_nobody(rng: Rng, day: ChangedDay) -> ChangedDay | None:
    assert day.inputs.log is not None
    return day.logged(events=(*day.inputs.log.events, OffDuty(day.at_s, "ghost")))


@kind
def a_change_at_midnight(rng: Rng, day: ChangedDay) -> ChangedDay | None:
    return day.logged(at_s=86_400)


@kind
def a_begun_stop_over_sooner(rng: Rng, day: ChangedDay) -> ChangedDay | None:
    s = some(rng, day.begun())
    return day.stop(s, end_s=s.end_s - 60) if s else None


@kind
def a_begun_stop_that_goes_on(rng: Rng, day: ChangedDay) -> ChangedDay | None:
    s = some(rng, day.begun())
    return day.stop(s, end_s=s.end_s + 60) if s else None


@kind
def a_begun_stop_begun_sooner(rng: Rng, day: ChangedDay) -> ChangedDay | None:
    s = some(rng, day.begun())
    return day.stop(s, start_s=s.start_s - 1) if s else None


@kind
def a_begun_stop_gone(rng: Rng, day: ChangedDay) -> ChangedDay | None:
    if (s := some(rng, day.begun())) is None:
        return None
    routes = tuple(replace(r, stops=tuple(x for x in r.stops if x is not s)) for r in day.plan.routes)
    return day.planned(routes=routes)


@kind
def a_stop_ahead_said_to_be_tried(rng: Rng, day: ChangedDay) -> ChangedDay | None:
    s = some(rng, day.ahead())
    return day.stop(s, is_attempt=True) if s else None


@kind
def a_begun_stop_said_to_be_tried(rng: Rng, day: ChangedDay) -> ChangedDay | None:
    s = some(rng, [s for s in day.begun() if not s.is_attempt])
    return day.stop(s, is_attempt=True) if s else None


@kind
def a_stop_ahead_put_before_the_change(rng: Rng, day: ChangedDay) -> ChangedDay | None:
    s = some(rng, day.ahead())
    return day.stop(s, start_s=day.at_s, arrive_s=min(s.arrive_s, day.at_s)) if s else None


@kind
def a_departure_moved_after_it_was_made(rng: Rng, day: ChangedDay) -> ChangedDay | None:
    begun = {id(s) for s in day.begun()}
    r = some(rng, [r for r in day.plan.routes if any(id(s) in begun for s in r.stops)])
    return day.planned(routes=tuple(replace(x, depart_s=x.depart_s - 1) if x is r else x for x in day.plan.routes))


@kind
def somebody_gone_without_a_word(rng: Rng, day: ChangedDay) -> ChangedDay | None:
    team = some(rng, [t for t in day.plan.teams if t.member_ids])
    if team is None:
        return None
    gone = team.member_ids[0]
    return day.team(team.team_id, member_ids=team.member_ids[1:], former=(*team.former, (gone, day.at_s)))


@kind
def somebody_who_left_at_another_time(rng: Rng, day: ChangedDay) -> ChangedDay | None:
    team = some(rng, [t for t in day.plan.teams if t.former])
    if team is None:
        return None
    (person, until_s), *others = team.former
    return day.team(team.team_id, former=((person, until_s + 600), *others))


@kind
def somebody_ill_who_goes_on(rng: Rng, day: ChangedDay) -> ChangedDay | None:
    team = some(rng, [t for t in day.plan.teams if t.former])
    return day.team(team.team_id, member_ids=(*team.member_ids, team.former[0][0]), former=()) if team else None


@kind
def a_call_at_another_time(rng: Rng, day: ChangedDay) -> ChangedDay | None:
    team = some(rng, [t for t in day.plan.teams if t.is_reserve])
    if team is None:
        return None
    called = day.team(team.team_id, is_reserve=False, called_s=day.at_s - 60)
    return called.planned(routes=(*day.plan.routes, Route(team.team_id, day.at_s, (), 0, 0, day.at_s)))


@kind
def a_team_from_another_base(rng: Rng, day: ChangedDay) -> ChangedDay | None:
    team = some(rng, list(day.plan.teams))
    other = [b for b in day.inputs.bases if team is not None and b != team.base_id]
    return day.team(team.team_id, base_id=other[0]) if team and other else None


@kind
def two_helpers_who_changed_teams(rng: Rng, day: ChangedDay) -> ChangedDay | None:
    teams = [t for t in day.plan.teams if t.member_ids]
    if len(teams) < 2:
        return None
    a, b = teams[:2]
    changed = day.team(a.team_id, member_ids=(b.member_ids[0], *a.member_ids[1:]))
    return changed.team(b.team_id, member_ids=(a.member_ids[0], *b.member_ids[1:]))


@kind
def the_plan_before_tells_of_a_day_itself(rng: Rng, day: ChangedDay) -> ChangedDay | None:
    """The plan before has no log, and yet somebody has left in it."""
    before = day.inputs.before
    team = some(rng, [t for t in day.plan.teams if t.member_ids])
    if before is None or team is None:
        return None
    old = next(t for t in before.plan.teams if t.team_id == team.team_id)
    forged = replace(old, former=(("somebody", 0),))
    plan = replace(before.plan, teams=tuple(forged if t is old else t for t in before.plan.teams))
    changed = day.team(team.team_id, former=(*team.former, ("somebody", 0)))
    return replace(changed, inputs=replace(day.inputs, before=PreviousPlan(plan)))
