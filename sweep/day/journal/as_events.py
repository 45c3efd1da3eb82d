"""A journal as the events of a change of its day: what the plan in force does not answer to yet."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from sweep.day.journal.entry import Entry
from sweep.day.journal.file import read_journal


def journal_events(path: Path, plan_id: str) -> str:
    """
    What events.json would hold, from a journal.

    Parameters
    ----------
    plan_id
        The plan that is changed.

    Raises
    ------
    InputError
        S972 if the journal is not what was written.
    """
    return json.dumps({"events": open_events(read_journal(path), plan_id)})


def open_events(entries: Iterable[Entry], plan_id: str | None = None) -> list[Mapping[str, Any]]:
    """
    What a plan does not answer to yet, as events.json has it: what the desk noted, teams held, and locked doors.

    Parameters
    ----------
    plan_id
        The plan; what stands before the last line that put it in force it answers to. None: the plan in force.
    """
    entries = list(entries)
    began = [k for k, e in enumerate(entries) if e.kind == "edition" and plan_id in (None, e.body["plan_id"])]
    events: dict[tuple[str, ...], Mapping[str, Any]] = {}
    for entry in entries[began[-1] + 1 if began else 0 :]:
        event = _event_of(entry)
        if event is not None:
            # Of what is said twice of one team or door the later holds.
            events[_subject(event)] = event
    return list(events.values())


def _event_of(entry: Entry) -> Mapping[str, Any] | None:
    body, at = entry.body, f"{entry.at_s // 3_600:02d}:{entry.at_s // 60 % 60:02d}"
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
    return (str(event["type"]), *(str(event[n]) for n in names if n in event))
