"""Reader of events.json, the events of the day as the dispatch desk writes them."""

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError
from pydantic_core import ErrorDetails

from geodata.clock_times import exact_clock, seconds_of
from geodata.errors import InputError, Issue
from sweep.day.event_records import Delayed, DoorLocked, Event, OffDuty, RoadClosed, Urgent, VisitBegun
from sweep.disk.json_errors import ErrorCodes, json_issue, json_path
from sweep.records.buildings import Building
from sweep.records.people import MARKET_REGULATION, POLICE, RECORDER
from sweep.records.service_time import doors_to_call_at
from sweep.records.visits import Slot, Visit

FILE_NAME = "events.json"
_CODES = ErrorCodes("S541", "S542", "S543", "S544")
_CLOCK = r"^([01]?\d|2[0-9]):[0-5]\d$"
# Latest time allowed, 29:59 of a night, in seconds after midnight of the day.
LAST_CLOCK_S = 30 * 3_600 - 60

Clock = Annotated[str, Field(pattern=_CLOCK, description="HH:MM")]


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", allow_inf_nan=False, strict=True, populate_by_name=True)


class _EventPart(_Part):
    at: Clock | None = Field(None, description="time at which it became known; default: the time of the change")


class DelayPart(_EventPart):
    """Event in events.json: a team is delayed on site."""

    type: Literal["held"]
    team_id: str
    until: Clock


class OffDutyPart(_EventPart):
    """Event in events.json: a person goes off duty."""

    type: Literal["ill"]
    person_id: str


class RoadClosedPart(_EventPart):
    """Event in events.json: the road between two places (buildings or bases) takes longer or is closed, both ways."""

    type: Literal["closed"]
    from_id: str
    to_id: str
    minutes: float | None = Field(None, ge=0, le=1_440, description="travel minutes; default: no road at all")


class UrgentPart(_EventPart):
    """Event that adds a visit, which must or may be made from now on."""

    type: Literal["urgent"]
    visit_id: Annotated[str, Field(pattern=r"^[^\x00-\x1f\x7f]{1,120}$")]
    building_id: str
    value: float | None = Field(
        None, ge=0, le=1e6, description="expected finds; default: the building's value in the ranking"
    )
    is_must: bool = Field(True, description="served before any visit that is not a must-visit")
    starts: tuple[Clock, Clock] | None = Field(None, description="first and last start; default: from now on")
    n_teams: int | None = Field(None, ge=1, le=9, description="number of teams; default: as many as the exits need")
    n_police: int = Field(2, ge=0, le=100, description="certified police who go inside, in each team; guards are added")
    n_market_regulation: int = Field(2, ge=0, le=100)
    """Certified officers of market regulation in each team."""
    minutes: float | None = Field(None, ge=0, le=1_440, description="minutes inside; default: computed from the doors")
    lead_ids: tuple[str, ...] = Field((), description="leads that are its legal basis (C05)")
    targets: tuple[str, ...] = Field((), description="firms to inspect, by uscc")


class DoorLockedPart(_EventPart):
    """The building of a visit is locked, for a time or for the rest of the day."""

    type: Literal["locked"]
    visit_id: str
    until: Clock | None = Field(None, description="end; default: the end of the day")


class VisitBegunPart(_EventPart):
    """A team has begun a visit before its planned time, or a visit planned for another team."""

    type: Literal["begun"]
    team_id: str
    visit_id: str


# The desk reports an entry for a team instead of logging an event.
type DeskEventPart = DelayPart | OffDutyPart | RoadClosedPart | UrgentPart | DoorLockedPart
type AnyEventPart = DelayPart | OffDutyPart | RoadClosedPart | UrgentPart | DoorLockedPart | VisitBegunPart


class EventsPart(_Part):
    """Content of events.json; the order of events does not matter."""

    schema_version: int = Field(1, ge=1, le=1)
    events: tuple[Annotated[AnyEventPart, Field(discriminator="type")], ...]


def parse_clock(text: str, where: str) -> int:
    """
    Return the seconds after midnight of a text HH:MM; raise InputError S544 for any other text.

    Hours up to 29 are accepted: 25:00 is one hour after the next midnight. `where`: place of the text in the error.
    """
    if not re.match(_CLOCK, text):
        raise InputError([Issue("S544", where, {"name": where, "got": text[:20], "wanted": "HH:MM"})])
    return seconds_of(text)


def read_events(
    text: str,
    at_s: int,
    buildings: Mapping[str, Building],
    last_start_s: int,
    file: str = FILE_NAME,
    most_police: int = 2,
    *,
    items: tuple[str, ...],
    values: Mapping[str, float],
) -> tuple[Event, ...]:
    """
    Return the events of an events.json without duplicates; raise InputError with all its errors.

    Parameters
    ----------
    at_s
        Time of the re-plan, and of events without a time.
    last_start_s
        Last start of an urgent visit that does not state its starts.
    most_police
        Largest number of certified police in a team, which limits the exits that one team can guard.
    items
        Items of the check form of urgent visits (C32).
    values
        Default value of an urgent visit by building id; 0 for other buildings.

    Raises
    ------
    InputError
        S541 not JSON, S542 a key is missing, S543 an unknown key, S544 a value of the wrong kind; S548 an urgent visit
        at an unknown building.
    """
    try:
        part = EventsPart.model_validate_json(text.removeprefix("\ufeff"))
    except ValidationError as error:
        issues = (json_issue(file, _with_path_in_file(e), _CODES) for e in error.errors(include_url=False))
        raise InputError(issues) from error
    unknown = [
        Issue("S548", json_path(file, "events", n, "building_id"), {"id": e.building_id})
        for n, e in enumerate(part.events)
        if isinstance(e, UrgentPart) and e.building_id not in buildings
    ]
    if unknown:
        raise InputError(unknown)

    def event_of(e: AnyEventPart) -> Event:
        known_s = at_s if e.at is None else seconds_of(e.at)
        if not isinstance(e, UrgentPart):
            return _event(e, known_s)
        value = values.get(e.building_id, 0.0) if e.value is None else e.value
        return Urgent(known_s, _visit(e, at_s, buildings[e.building_id], last_start_s, most_police, items, value))

    events = [event_of(e) for e in part.events]
    # Duplicate entries are one event.
    return tuple(e for n, e in enumerate(events) if e not in events[:n])


def _with_path_in_file(details: ErrorDetails) -> ErrorDetails:
    """Return an error of pydantic with the path as in the file, without event type, and the time pattern as HH:MM."""
    path, facts = details["loc"], details.get("ctx", {})
    known = facts | ({"pattern": "HH:MM"} if facts.get("pattern") == _CLOCK else {})
    return {**details, "loc": path[:2] + path[3:], "ctx": known}


def _event(e: DelayPart | OffDutyPart | RoadClosedPart | DoorLockedPart | VisitBegunPart, known_s: int) -> Event:
    if isinstance(e, DelayPart):
        return Delayed(known_s, e.team_id, seconds_of(e.until))
    if isinstance(e, OffDutyPart):
        return OffDuty(known_s, e.person_id)
    if isinstance(e, RoadClosedPart):
        return RoadClosed(known_s, e.from_id, e.to_id, None if e.minutes is None else round(60 * e.minutes))
    if isinstance(e, DoorLockedPart):
        return DoorLocked(known_s, e.visit_id, None if e.until is None else seconds_of(e.until))
    return VisitBegun(known_s, e.team_id, e.visit_id)


def _visit(
    e: UrgentPart,
    at_s: int,
    building: Building,
    last_start_s: int,
    most_police: int,
    items: tuple[str, ...],
    value: float,
) -> Visit:
    """
    Return the visit of an urgent event. In addition to the police who go in, one officer guards each exit (C17).

    The visit is due at the start of its time window.
    """
    first, last = (at_s, max(at_s, last_start_s)) if e.starts is None else map(seconds_of, e.starts)
    n_teams = e.n_teams or _teams_for(building.n_exits, most_police - e.n_police)
    guards = [building.n_exits // n_teams + (k < building.n_exits % n_teams) for k in range(n_teams)]
    # There is no time for a certificate: police inspect at once, with a recorder (C14).
    skilled = {RECORDER: 1} if e.n_police else {}
    return Visit(
        visit_id=e.visit_id,
        building_id=e.building_id,
        division_code=building.division_code,
        track="case",
        basis=e.lead_ids or (e.visit_id,),
        targets=e.targets,
        n_firms=doors_to_call_at(building.n_firms, building.floor_area_m2),
        value=value,
        is_must=e.is_must,
        slots=tuple(Slot(k, _needs(e, n_guard), n_guard, skilled) for k, n_guard in enumerate(guards)),
        windows_s=((first, last),),
        service_s=None if e.minutes is None else round(60 * e.minutes),
        is_immediate=True,
        due_s=first,
        items=items,
    )


def _teams_for(n_exits: int, n_spare: int) -> int:
    """Return how many teams (at most 9) guard all exits if each has `n_spare` police for it; 1 if `n_spare` is 0."""
    return min(9, max(1, -(-n_exits // n_spare))) if n_spare > 0 else 1


def _needs(e: UrgentPart, n_guards: int) -> dict[str, int]:
    needs = {POLICE: e.n_police + n_guards, MARKET_REGULATION: e.n_market_regulation}
    return {agency: n for agency, n in needs.items() if n}


def event_issues(
    events: Sequence[Event], at_s: int, known: Mapping[str, frozenset[str]], file: str = FILE_NAME
) -> list[Issue]:
    """
    Return the errors in the content of events that have the right form.

    `at_s`: time of the re-plan (the change). S544 a road from a place to itself; S545 an unknown team, S546 person,
    S547 visit, S548 place; S549 an event after the change; S552 two events that contradict each other; S555 an urgent
    visit with the id of another; S556 an end that is not after the change; S564 an urgent visit whose last start is
    before its first; S565 one whose last start is before the change.

    Parameters
    ----------
    known
        Ids under `teams`, `people`, `visits`, `places`.
    """
    issues: list[Issue] = []
    first: dict[tuple[str, ...], tuple[int, Event]] = {}
    for n, e in enumerate(events):
        where = json_path(file, "events", n)
        issues += [Issue(code, where, {"id": name}) for code, kind, name in _named(e) if name not in known[kind]]
        if e.at_s > at_s:
            issues.append(Issue("S549", where, {"at": exact_clock(e.at_s), "change": exact_clock(at_s)}))
        until = e.until_s if isinstance(e, Delayed | DoorLocked) else None
        if until is not None and until <= at_s:
            issues.append(Issue("S556", where, {"until": exact_clock(until), "change": exact_clock(at_s)}))
        if isinstance(e, RoadClosed) and e.from_id == e.to_id:
            issues.append(Issue("S544", where, {"name": "to_id", "got": e.to_id, "wanted": "≠ from_id"}))
        if isinstance(e, Urgent):
            issues += [Issue(code, where, values) for code, values in _urgent_issues(e.visit, at_s, known["visits"])]
        m, other = first.setdefault(subject_of(e), (n, e))
        if m != n and other != e:
            issues.append(Issue("S552", where, {"id": " ".join(subject_of(e)[1:]), "other": f"events[{m}]"}))
    return issues


def _urgent_issues(visit: Visit, at_s: int, known: frozenset[str]) -> Iterator[tuple[str, dict[str, str]]]:
    if visit.visit_id in known:
        yield "S555", {"id": visit.visit_id}
    for first_s, last_s in visit.windows_s:
        last = exact_clock(last_s)
        if last_s < first_s:
            yield "S564", {"first": exact_clock(first_s), "last": last}
        elif last_s < at_s:
            yield "S565", {"last": last, "change": exact_clock(at_s)}


def _named(e: Event) -> list[tuple[str, str, str]]:
    if isinstance(e, Delayed):
        return [("S545", "teams", e.team_id)]
    if isinstance(e, OffDuty):
        return [("S546", "people", e.person_id)]
    if isinstance(e, DoorLocked):
        return [("S547", "visits", e.visit_id)]
    if isinstance(e, VisitBegun):
        return [("S545", "teams", e.team_id), ("S547", "visits", e.visit_id)]
    if isinstance(e, RoadClosed):
        return [("S548", "places", e.from_id), ("S548", "places", e.to_id)]
    return [("S548", "places", e.visit.building_id)]


def subject_of(e: Event) -> tuple[str, ...]:
    """Return a key of an event's kind and subject; two different events with the same key contradict each other."""
    if isinstance(e, RoadClosed):
        return ("closed", *sorted((e.from_id, e.to_id)))
    if isinstance(e, Urgent):
        return ("urgent", e.visit.visit_id)
    if isinstance(e, VisitBegun):
        return ("begun", e.team_id, e.visit_id)
    return (type(e).__name__, next(name for _, _, name in _named(e)))
