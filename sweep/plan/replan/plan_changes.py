"""List of changes between a plan and its re-plan, one for each changed stop, with the cause."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType

from geodata.clock_times import nearest_minute
from geodata.errors import Value
from sweep.day.event_records import Delayed, DoorLocked, Event, OffDuty, RoadClosed, Urgent
from sweep.day.executed_stops import reported_begun
from sweep.plan.problem.problem import links
from sweep.plan.replan.replan import Replanned
from sweep.records.plan import Plan, Stop

DROPPED, NEW, MOVED, RETIMED, CUT_SHORT, HELD_ON = "dropped", "new", "moved", "retimed", "cut_short", "held_on"

# Team and stop by visit and slot.
type Orders = Mapping[tuple[str, int], tuple[str, Stop]]


@dataclass(frozen=True, slots=True)
class Cause:
    """Cause of a change: an event or a choice of the search; its text is in the catalogue (`replan.cause.<code>`)."""

    code: str
    """
    Key of the cause.

    Event: LOCKED_DOOR, URGENT_LEAD, BEGUN, TEAM_HELD, PERSON_ILL, STREET_CLOSED, WITH_PARTNER (at a linked visit).
    Choice: ROOM_FOR (frees time for new visits), WORTH_MORE (gains more than its price), ROOM_LEFT (time for a visit).
    """
    values: Mapping[str, Value] = field(default_factory=lambda: MappingProxyType({}))
    """Values for the placeholders of the text."""


@dataclass(frozen=True, slots=True)
class StopChange:
    """Change of one stop: its team id and start before and after (None: not in that plan), and the cause."""

    visit_id: str
    slot: int
    kind: str
    """`dropped`, `new`, `moved` (another team) or `retimed`; `cut_short` or `held_on` if the stop has started."""
    team_before: str | None
    start_before_s: int | None
    team_after: str | None
    start_after_s: int | None
    cause: Cause
    end_before_s: int | None = None
    """End before the change, as `end_after_s` after it; both only for `cut_short` and `held_on`, else None."""
    end_after_s: int | None = None


def plan_changes(plan: Plan, replanned: Replanned, events: Sequence[Event]) -> tuple[StopChange, ...]:
    """Return the changed stops, sorted by new start (old start if dropped); `plan`: old plan; `events`: new events."""
    causes = _Causes(plan, replanned, events)
    changes = _changes(_orders(plan), _orders(replanned.plan), causes)
    return tuple(sorted(changes, key=lambda c: (c.start_after_s or c.start_before_s or 0, c.visit_id, c.slot)))


def _orders(plan: Plan) -> dict[tuple[str, int], tuple[str, Stop]]:
    """Return (team id, stop) by visit and slot; an attempt at a locked door counts only without another stop."""
    every = [(s.visit_id, s.slot, r.team_id, s) for r in plan.routes for s in r.stops]
    every.sort(key=lambda x: (not x[3].is_attempt, x[3].start_s))
    return {(visit_id, slot): (team_id, stop) for visit_id, slot, team_id, stop in every}


def _changes(before: Orders, after: Orders, causes: _Causes) -> Iterator[StopChange]:
    for key in dict.fromkeys((*before, *after)):
        old, new = before.get(key), after.get(key)
        kind = _kind(old, new)
        if kind is None:
            continue
        cause = causes.of(key, kind, old, new)
        ends = (old[1].end_s, new[1].end_s) if old and new and kind in (CUT_SHORT, HELD_ON) else ()
        yield StopChange(*key, kind, *_where(old), *_where(new), cause, *ends)


def _where(entry: tuple[str, Stop] | None) -> tuple[str | None, int | None]:
    return (None, None) if entry is None else (entry[0], entry[1].start_s)


def _kind(old: tuple[str, Stop] | None, new: tuple[str, Stop] | None) -> str | None:
    if old is None:
        return NEW
    if new is None:
        return DROPPED
    if new[1].is_attempt and not old[1].is_attempt:
        return CUT_SHORT
    if old[0] != new[0]:
        return MOVED
    # Orders print minutes: a change that none of them shows is no change for a team.
    if nearest_minute(old[1].start_s) != nearest_minute(new[1].start_s):
        return RETIMED
    return HELD_ON if nearest_minute(old[1].end_s) != nearest_minute(new[1].end_s) else None


class _Causes:
    """Index of the new events and of the stops before and after, to find the cause of each changed stop."""

    def __init__(self, plan: Plan, replanned: Replanned, events: Sequence[Event]) -> None:
        self.day, self.kept, self.at_s = replanned.rest.day, replanned.kept, replanned.rest.at_s
        self.new_of_team: dict[str, list[str]] = {}
        old = {(r.team_id, s.visit_id, s.start_s) for r in plan.routes for s in r.stops}
        for r in replanned.plan.routes:
            for s in r.stops:
                if (r.team_id, s.visit_id, s.start_s) not in old:
                    self.new_of_team.setdefault(r.team_id, []).append(s.visit_id)
        self.doors = {e.visit_id: e for e in events if isinstance(e, DoorLocked)}
        self.urgent = {e.visit.visit_id for e in events if isinstance(e, Urgent)}
        self.held = {e.team_id: e for e in events if isinstance(e, Delayed)}
        self.begun = reported_begun((), events)
        ill = {e.person_id for e in events if isinstance(e, OffDuty)}
        self.ill = {t.team_id: i for t in plan.teams for i in t.member_ids if i in ill}
        self.is_closed = any(isinstance(e, RoadClosed) for e in events)
        self.teams: dict[str, list[str]] = {}
        for r in plan.routes:
            for s in r.stops:
                self.teams.setdefault(s.visit_id, []).append(r.team_id)

    def of(self, key: tuple[str, int], kind: str, old: tuple[str, Stop] | None, new: tuple[str, Stop] | None) -> Cause:
        visit_id = key[0]
        if visit_id in self.doors:
            return Cause("LOCKED_DOOR", {"visit": visit_id})
        if visit_id in self.urgent and new is not None:
            minutes = round((new[1].start_s - self.at_s) / 60)
            return Cause("URGENT_LEAD", {"visit": visit_id, "minutes": minutes})
        if new is not None and kind != HELD_ON and (new[0], visit_id) in self.begun:
            return Cause("BEGUN", {"team": new[0]})
        if old is None:
            return Cause("ROOM_LEFT", {"team": new[0] if new else "-"})
        if kind == HELD_ON or key not in self.kept:
            return self._cause_of_break(visit_id, old[0])
        others = [v for v in self.new_of_team.get(old[0], []) if v != visit_id]
        return Cause("ROOM_FOR", {"visits": ", ".join(others)}) if others else Cause("WORTH_MORE")

    def _cause_of_break(self, visit_id: str, team: str) -> Cause:
        """
        Return why a published stop of `team` was not kept.

        Causes are tried in this order: an event of the team; an event of a linked visit or of that visit's team; a
        closed road. Without any of them, other visits are worth more.
        """
        own = self._of_team(team)
        if own is not None:
            return own
        for partner in self._partners(visit_id):
            if partner in self.doors:
                return Cause("WITH_PARTNER", {"visit": partner, "team": "-"})
            for other in self.teams.get(partner, []):
                if self._of_team(other) is not None:
                    return Cause("WITH_PARTNER", {"visit": partner, "team": other})
        return Cause("STREET_CLOSED") if self.is_closed else Cause("WORTH_MORE")

    def _of_team(self, team: str) -> Cause | None:
        if team in self.held:
            return Cause("TEAM_HELD", {"team": team, "until_s": self.held[team].until_s})
        if team in self.ill:
            return Cause("PERSON_ILL", {"team": team, "person": self.ill[team]})
        return None

    def _partners(self, visit_id: str) -> list[str]:
        return list(dict.fromkeys((visit_id, *(b for a, b, *_ in links(self.day) if a == visit_id))))
