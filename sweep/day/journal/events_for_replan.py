"""Events for a re-plan from the journal: those that the active plan does not yet take into account."""

import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

from geodata.clock_times import exact_clock, seconds_of
from sweep.day.event_records import DoorLocked, Event, OffDuty, Urgent, VisitBegun
from sweep.day.events_file import LAST_CLOCK_S
from sweep.day.executed_stops import n_begun, reported_begun
from sweep.day.journal.day_state import DayState, StopState, TeamState, reported_of
from sweep.day.journal.fold_state import fold
from sweep.day.journal.forecast import forecast, pace_of, routes_without_delays
from sweep.day.journal.journal_entry import Entry, answered_n, entries_of_real_day
from sweep.day.journal.journal_file import read_journal
from sweep.day.journal.report_kinds import ENDS, STEPS
from sweep.records.people import Team
from sweep.records.plan import Plan, Stop


def journal_text(
    path: Path, plan: Plan, plan_id: str, at_s: int, service_s: Callable[[Stop, Team], int], known: Sequence[Event] = ()
) -> str:
    """
    Return the content of an events.json for a re-plan at `at_s`, made from a journal.

    Parameters
    ----------
    path
        File of the journal.
    plan, plan_id
        Active plan and its id.
    service_s
        Function that returns the normal service seconds of a stop by a team.
    known
        Events that the plan takes into account, perhaps from outside the board. Persons off duty and urgent visits
        among them are not repeated in the result.

    Raises
    ------
    InputError
        S972 if the journal was tampered with.
    """
    entries = entries_until(path, at_s)
    events = journal_events(entries, fold(entries), plan, plan_id, at_s, service_s, known)
    return json.dumps({"events": [e for e in events if not _is_known(e, known)]})


def entries_until(path: Path, at_s: int) -> list[Entry]:
    """
    Return a journal's entries of the real day with times up to and including `at_s`; none if the file is missing.

    If the real day has not started, the entries are those of the last exercise.

    Raises
    ------
    InputError
        S972 if the journal was tampered with.
    """
    return [e for e in entries_of_real_day(read_journal(path)) if e.at_s <= at_s]


def _is_known(event: Mapping[str, Any], known: Sequence[Event]) -> bool:
    if event["type"] == "ill":
        return any(isinstance(e, OffDuty) and e.person_id == event["person_id"] for e in known)
    own = (event.get("visit_id"), event.get("building_id"))
    return event["type"] == "urgent" and own in {
        (e.visit.visit_id, e.visit.building_id) for e in known if isinstance(e, Urgent)
    }


# Reports of team positions, and events logged or withdrawn by the desk.
_OF_PLACE = frozenset({*STEPS, *ENDS, "held", "corrected", "home", "event", "withdrawn"})


def steps_json(entries: Iterable[Entry]) -> list[dict[str, Any]]:
    """
    Return, as JSON values, the entries of the real day that show where teams are or that log a desk event.

    The edition of a re-plan contains them, so that the checker can compare the plan with the reports (P15).
    """
    return [asdict(e) for e in entries_of_real_day(entries) if e.kind in _OF_PLACE]


def journal_events(
    entries: Iterable[Entry],
    state: DayState,
    plan: Plan,
    plan_id: str,
    at_s: int,
    service_s: Callable[[Stop, Team], int],
    known: Sequence[Event],
) -> list[dict[str, Any]]:
    """
    Return the new events, as in events.json, for a re-plan of `plan` at `at_s`, from the entries of the day's journal.

    `state`: `fold` of the entries. `plan_id`: id of `plan` in the entries. `service_s`: function that returns the
    normal service seconds of a stop by a team. `known`: events that `plan` takes into account.
    """
    routes = routes_without_delays(plan, known, service_s)
    pace = pace_of(routes.values(), state.stops)
    forecasts = {t.team_id: forecast(t, routes.get(t.team_id), state, {}, pace, at_s) for t in plan.teams}
    ends_s = {
        team_id: {e.visit_id: e.end_s for e in team_forecast.expected} for team_id, team_forecast in forecasts.items()
    }
    inside = _delays_elsewhere(state, plan, at_s, service_s)
    reported = [*begun_events(state, plan, at_s, known), *inside, *open_events(entries, plan_id)]
    return events_for_replan(reported, ends_s, plan, at_s, known)


def begun_events(state: DayState, plan: Plan, at_s: int, known: Sequence[Event]) -> list[dict[str, Any]]:
    """
    Return, as events of events.json, visits that teams report as begun and that have not begun by the plan at `at_s`.

    A team has begun a visit if it is inside or done. A locked door or a refused inspection does not count, nor does an
    entry after which the team went elsewhere. Visits in the `known` events are left out.
    """
    own = {(r.team_id, s.visit_id): s for r in plan.routes for s in r.made}
    answered, begun = reported_begun(known), []
    shut = {e.visit_id: e.at_s for e in known if isinstance(e, DoorLocked)}
    # Reports may concern visits of an earlier plan that this one does not offer.
    offered = {s.visit_id for r in plan.routes for s in r.stops} | {u.visit_id for u in plan.unserved}
    for key, reported in sorted(state.stops.items()):
        stop = own.get(key)
        done = reported if stop is None else reported_of(stop, key[0], state)
        is_by_plan = stop is not None and stop.start_s <= at_s
        # The desk cancelled the earlier report; the team may enter again.
        is_cancelled = max(done.inside_s or 0, done.done_s or 0) <= shut.get(key[1], -1)
        if has_begun(done) and not is_cancelled and key[1] in offered and not is_by_plan and key not in answered:
            begun.append({"type": "begun", "team_id": key[0], "visit_id": key[1]})
    return begun


def _delays_elsewhere(
    state: DayState, plan: Plan, at_s: int, service_s: Callable[[Stop, Team], int]
) -> Iterator[dict[str, Any]]:
    """Yield a delay, as in events.json, for each team that is inside at a visit that the plan does not assign to it."""
    own = {(r.team_id, s.visit_id) for r in plan.routes for s in r.made}
    offered = {s.visit_id: s.building_id for r in plan.routes for s in r.stops}
    offered |= {u.visit_id: u.building_id for u in plan.unserved}
    for team in plan.teams:
        last, visit_id, since_s = state.teams.get(team.team_id, TeamState(team.team_id)).last_step
        if last != "inside" or visit_id is None or visit_id not in offered or (team.team_id, visit_id) in own:
            continue
        out_s = since_s + service_s(Stop(visit_id, 0, offered[visit_id], 0, 0, since_s, since_s, since_s), team)
        # A team inside for longer than its service time is expected elsewhere no earlier than in half an hour.
        until_s = min(out_s if out_s >= at_s + 60 else at_s + 1_800, LAST_CLOCK_S)
        yield {"type": "held", "team_id": team.team_id, "until": exact_clock(until_s // 60 * 60)}


def has_begun(stop: StopState) -> bool:
    """Whether a team has completed its part of a visit or is inside, by its own reports."""
    if stop.outcome is not None:
        return stop.outcome == "done"
    return stop.inside_s is not None and stop.inside_s >= max(stop.left_s or 0, stop.arrived_s or 0)


def open_events(entries: Iterable[Entry], plan_id: str | None = None) -> list[Mapping[str, Any]]:
    """
    Return the dispatcher's events, delays and locked doors that a plan does not yet contain, as in events.json.

    Parameters
    ----------
    plan_id
        Id of the plan; it contains the events before its last activation. None: the active plan.
    """
    entries = entries_of_real_day(entries)
    withdrawn = {e.body["n"] for e in entries if e.kind == "withdrawn"}
    began = [e for e in entries if e.kind == "edition" and plan_id in (None, e.body["plan_id"])]
    answered = answered_n(began[-1]) if began else 0
    events: dict[tuple[str, ...], tuple[Entry, Mapping[str, Any]]] = {}
    # A phone without network sends reports late, so only their own times show which are obsolete.
    inside: dict[str, set[str]] = {}
    for entry in sorted(entries, key=lambda e: e.at_s):
        _drop_overtaken(events, entry)
        _note_inside(inside, entry)
        event = _event_of(entry)
        # A locked door reported by one team cancels no visit of a team that is inside.
        is_open = entry.kind in ("locked", "refused") and inside.get(entry.body["visit_id"])
        if event is None or entry.n in withdrawn or is_open:
            continue
        earlier = events.get(_subject(event))
        if earlier is not None and earlier[0].n <= answered and _is_shut_for_as_long(earlier[1], event):
            continue
        # The later of two events on one team or door applies.
        events[_subject(event)] = (entry, event)
    return [event for entry, event in events.values() if entry.n > answered]


def _drop_overtaken(events: dict[tuple[str, ...], tuple[Entry, Mapping[str, Any]]], entry: Entry) -> None:
    """Remove from the open `events` the delay or locked door that a team's report in `entry` ends or withdraws."""
    if entry.kind == "corrected" and entry.body["report"] == "held":
        events.pop(("held", entry.body["team_id"]), None)
    if entry.kind not in (*STEPS, "home"):
        return
    team_id, door = entry.body["team_id"], ("locked", str(entry.body.get("visit_id")))
    events.pop(("held", team_id), None)
    earlier = events.get(door)
    if earlier is not None and (entry.kind in ("inside", "done") or earlier[0].body.get("team_id") == team_id):
        del events[door]


def _note_inside(inside: dict[str, set[str]], entry: Entry) -> None:
    if entry.kind in (*STEPS, *ENDS):
        teams = inside.setdefault(entry.body["visit_id"], set())
        (teams.add if entry.kind in ("inside", "done") else teams.discard)(entry.body["team_id"])


def _is_shut_for_as_long(known: Mapping[str, Any], event: Mapping[str, Any]) -> bool:
    """Whether the locked door `known` of the plan lasts at least as long as the new `event` at the same door."""
    until, again = known.get("until"), event.get("until")
    return event["type"] == "locked" and (
        until is None or (again is not None and seconds_of(again) <= seconds_of(until))
    )


def _event_of(entry: Entry) -> Mapping[str, Any] | None:
    body, at = entry.body, exact_clock(entry.at_s // 60 * 60)
    if entry.kind == "event":
        return {"at": at, **body["event"]}
    if entry.kind == "held":
        return {"type": "held", "at": at, "team_id": body["team_id"], "until": body["until"]}
    if entry.kind in ("locked", "refused"):
        until = {"until": body["until"]} if body.get("until") else {}
        return {"type": "locked", "at": at, "visit_id": body["visit_id"], **until}
    return None


def _subject(event: Mapping[str, Any]) -> tuple[str, ...]:
    names = ("team_id", "person_id", "visit_id", "from_id", "to_id")
    # A road has no direction.
    return (str(event["type"]), *sorted(str(event[n]) for n in names if n in event))


# A smaller delay does not justify new orders.
_TOLERANCE_S = 300


def events_for_replan(
    reported: Sequence[Mapping[str, Any]],
    ends_s: Mapping[str, Mapping[str, int]],
    plan: Plan,
    at_s: int,
    known: Sequence[Event] = (),
) -> list[dict[str, Any]]:
    """
    Return the events for a re-plan at `at_s`, from the reported events and the forecast.

    `reported`: events as in events.json; `known`: events that the plan takes into account. A late team gets a delay
    at its last begun stop until the forecast end there, or a longer one that it has reported. Locked doors of past
    stops are omitted, as are urgent visits whose last start has passed.

    Parameters
    ----------
    ends_s
        Forecast end of each remaining stop, by team id and visit id.
    """
    new = [VisitBegun(at_s, e["team_id"], e["visit_id"]) for e in reported if e["type"] == "begun"]
    counts = n_begun(plan, at_s, known, new)
    begun = {r.team_id: r.stops[counts[r.team_id] - 1] for r in plan.routes if counts[r.team_id]}
    made = {s.visit_id for r in plan.routes for s in r.made}
    # A door with another attempt ahead is not finished.
    ended = [s for r in plan.routes for s in r.stops if s.end_s <= at_s]
    over = {s.visit_id for s in ended if not (s.is_attempt and s.visit_id in made)}
    delays = {e["team_id"]: e for e in _forecast_delays(begun, ends_s, at_s)}
    others = []
    for event in reported:
        now = {k: v for k, v in event.items() if k != "at"}
        if "until" in now and seconds_of(now["until"]) <= at_s:
            continue
        if now.get("starts") and seconds_of(now["starts"][1]) < at_s:
            continue
        if now["type"] == "held":
            team_id = now["team_id"]
            planned_s = begun[team_id].end_s if team_id in begun else 0
            busy_s = seconds_of(delays[team_id]["until"]) if team_id in delays else planned_s
            if seconds_of(now["until"]) > busy_s:
                delays[team_id] = now
        elif now["type"] != "locked" or now["visit_id"] not in over:
            others.append(now)
    return [*delays.values(), *others]


def _forecast_delays(
    begun: Mapping[str, Stop], ends_s: Mapping[str, Mapping[str, int]], at_s: int
) -> Iterator[dict[str, Any]]:
    for team_id, stop in sorted(begun.items()):
        end_s = 0 if stop.is_attempt else ends_s.get(team_id, {}).get(stop.visit_id, 0)
        if end_s > max(stop.end_s + _TOLERANCE_S, at_s + 60):
            until_s = min(-(-end_s // 60) * 60, LAST_CLOCK_S)
            yield {"type": "held", "team_id": team_id, "until": exact_clock(until_s)}
