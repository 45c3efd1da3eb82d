"""
Computation of the state of a day from its journal's entries, one after another (a fold).

A phone without network sends reports late. A report counts at its own time and never undoes a report with a later
time. Of two reports of the same second the last received counts.
"""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any, cast

from geodata.clock_times import seconds_of
from sweep.day.journal.day_state import DayState, FormRow, Message, NewLead, StopState, TeamState
from sweep.day.journal.journal_entry import Entry, answered_n, is_beginning
from sweep.day.journal.report_kinds import DESK, ENDS, STEPS


def fold(entries: Iterable[Entry], state: DayState | None = None) -> DayState:
    """
    Return the state of the day after the entries, continuing from `state` if it is given.

    An event that one of the entries withdraws has no effect; if that event is already in `state`, all entries must be
    folded again.
    """
    day, entries = _own(state or DayState()), list(entries)
    withdrawn = {e.body["n"] for e in entries if e.kind == "withdrawn"}
    for entry in entries:
        is_withdrawn = entry.kind == "event" and entry.n in withdrawn
        day = replace(day, n=entry.n) if is_withdrawn else _after(day, entry)
    return day


def _own(state: DayState) -> DayState:
    """Return a copy of the state with copies of its mappings, which the fold then changes in place."""
    return replace(
        state,
        teams=dict(state.teams),
        stops=dict(state.stops),
        rows=dict(state.rows),
        messages=dict(state.messages),
        leads=dict(state.leads),
        accepted=dict(state.accepted),
    )


def _put[K, V](mapping: Mapping[K, V], key: K, value: V) -> None:
    cast("dict[K, V]", mapping)[key] = value


def _after(state: DayState, entry: Entry) -> DayState:
    body = entry.body
    state = replace(state, n=entry.n)
    if entry.kind == "form":
        return _with_row(state, entry)
    if entry.kind in ("message", "unread"):
        return _with_message(state, entry)
    if entry.kind == "read":
        return _read(state, body["id"])
    if entry.kind == "event":
        return _with_event(state, entry)
    if entry.kind == "lead":
        lead = NewLead(body["lead_id"], entry.at_s, body["lead_type"], body["building_id"])
        _put(state.leads, lead.lead_id, lead)
        return state
    if entry.kind == "edition":
        return _with_edition(state, entry)
    if entry.kind == "accepted":
        _put(state.accepted, body["plan_id"], body["n"])
        return state
    if entry.kind in ("clock", "withdrawn"):
        return state
    return _with_report(state, entry)


def _with_edition(state: DayState, entry: Entry) -> DayState:
    body = entry.body
    if state.is_exercise and (not body["is_exercise"] or is_beginning(entry)):
        # As in `entries_of_real_day`, but messages are kept.
        begun_s = 0 if state.plan_id is None else entry.at_s
        state = _own(DayState(n=state.n, messages=state.messages, begun_s=begun_s))
    return replace(state, plan_id=body["plan_id"], is_exercise=body["is_exercise"], answered_n=answered_n(entry))


def _with_row(state: DayState, entry: Entry) -> DayState:
    body, at_s = entry.body, entry.at_s
    row = FormRow(body["team_id"], body["visit_id"], body["row"], body["unit"], {}, at_s)
    key = (row.team_id, row.visit_id, row.row, entry.id.rpartition(":")[0] if row.row.startswith("+") else "")
    state = _with_report_time(state, row.team_id, at_s)
    known = state.rows.get(key, row)
    # Answers from another phone are kept unless this report replaces them.
    fresh = {name: answer for name, answer in body["answers"].items() if at_s >= known.typed_s.get(name, 0)}
    row = replace(
        row if at_s >= known.at_s else known,
        answers={**known.answers, **fresh},
        typed_s={**known.typed_s, **dict.fromkeys(fresh, at_s)},
    )
    _put(state.rows, key, row)
    return state


def _with_event(state: DayState, entry: Entry) -> DayState:
    event = entry.body["event"]
    state = replace(state, events=(*state.events, (entry.n, event)))
    if event["type"] != "held":
        return state
    own = state.teams.get(event["team_id"]) or TeamState(event["team_id"])
    delayed = replace(own, state="held", since_s=entry.at_s, until_s=seconds_of(event["until"]))
    return _with_newer(state, delayed)


def _with_report(state: DayState, entry: Entry) -> DayState:
    body, at_s, team_id = entry.body, entry.at_s, entry.body["team_id"]
    state = _with_report_time(state, team_id, at_s)
    team = state.teams[team_id]
    if entry.kind == "home":
        return _with_step_of_team(state, team, "home", None, at_s)
    visit_id = body["visit_id"]
    stop = state.stops.get((team_id, visit_id)) or StopState(team_id, visit_id)
    _put(state.stops, (team_id, visit_id), _stop_after(stop, entry))
    if entry.kind == "found":
        return state
    if entry.kind == "corrected":
        return _with_correction(state, team, at_s) if body["report"] == "held" else state
    if entry.kind == "held":
        delayed = replace(team, state="held", visit_id=visit_id, since_s=at_s, until_s=seconds_of(body["until"]))
        return state if at_s <= team.released_s else _with_newer(state, delayed)
    return _with_step_of_team(state, team, entry.kind if entry.kind in STEPS else "done", visit_id, at_s)


def _with_step_of_team(state: DayState, team: TeamState, step: str, visit_id: str | None, at_s: int) -> DayState:
    if at_s >= team.last_step[2]:
        team = replace(team, last_step=(step, visit_id, at_s))
        state = _with_team(state, team)
    return _with_newer(state, replace(team, state=step, visit_id=visit_id, since_s=at_s, until_s=None))


def _with_correction(state: DayState, team: TeamState, at_s: int) -> DayState:
    """Return the state after a team withdrew its delay at `at_s`: at its last step, unless a later delay applies."""
    team = replace(team, released_s=max(at_s, team.released_s))
    if team.since_s <= at_s and team.state == "held":
        was, visit_id, since_s = team.last_step
        team = replace(team, state=was, visit_id=visit_id, since_s=since_s, until_s=None)
    return _with_team(state, team)


def _stop_after(stop: StopState, entry: Entry) -> StopState:
    at_s, kind, note = entry.at_s, entry.kind, entry.body.get("note")
    if note and at_s >= (stop.note_s or 0):
        stop = replace(stop, note=note, note_s=at_s)
    if kind == "found":
        return replace(stop, n_found=stop.n_found + 1)
    if kind == "corrected" and entry.body["report"] == "found":
        return replace(stop, n_found=stop.n_found - 1)
    if kind in ENDS:
        is_newest = at_s >= max(stop.left_s or 0, stop.arrived_s or 0, stop.inside_s or 0, stop.done_s or 0)
        return replace(stop, done_s=at_s, outcome=kind, outcome_n=entry.n) if is_newest else stop
    if kind in STEPS:
        if at_s >= (stop.done_s or 0):
            # A repeated step means that the stop was not done: the team corrects a wrong tap.
            stop = replace(stop, done_s=None, outcome=None)
        # The field of `left`, `arrived` or `inside`.
        name = f"{kind}_s"
        later: dict[str, Any] = {name: max(at_s, getattr(stop, name) or 0)}
        return replace(stop, **later)
    return stop


def _with_report_time(state: DayState, team_id: str, at_s: int) -> DayState:
    team = state.teams.get(team_id) or TeamState(team_id)
    return _with_team(state, replace(team, last_report_s=max(at_s, team.last_report_s or at_s)))


def _with_newer(state: DayState, team: TeamState) -> DayState:
    known = state.teams.get(team.team_id)
    return state if known and known.since_s > team.since_s else _with_team(state, team)


def _with_team(state: DayState, team: TeamState) -> DayState:
    _put(state.teams, team.team_id, team)
    return state


def _with_message(state: DayState, entry: Entry) -> DayState:
    body = entry.body
    team_id = body.get("team_id")
    # Unreadable reports are shown to the desk as received.
    message = Message(entry.id, entry.at_s, entry.author, body.get("to", DESK), team_id, body["text"])
    _put(state.messages, message.id, message)
    return _with_report_time(state, team_id, entry.at_s) if team_id else state


def _read(state: DayState, message_id: str) -> DayState:
    message = state.messages.get(message_id)
    if message is None:
        return state
    _put(state.messages, message_id, replace(message, is_read=True))
    return state
