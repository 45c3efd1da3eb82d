"""Event log in plan.json, by which a changed day is verified and re-planned: conversion to and from JSON values."""

from typing import Any

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter, ValidationError

from geodata.errors import InputError, Issue
from sweep.day.event_records import DayLog, Delayed, DoorLocked, Event, OffDuty, RoadClosed, Urgent, VisitBegun
from sweep.disk.plain_json import to_json_values
from sweep.records.problem_number_ranges import MOST

_KINDS: dict[str, type[Event]] = {
    "held": Delayed,
    "ill": OffDuty,
    "closed": RoadClosed,
    "urgent": Urgent,
    "locked": DoorLocked,
    "begun": VisitBegun,
}


class DayLogPart(BaseModel):
    """Time of the last re-plan and all events until then, as JSON; times in seconds after midnight."""

    model_config = ConfigDict(extra="forbid", strict=True)

    at_s: int = Field(ge=0, le=2**30)
    before_sha256: str
    """SHA-256 of the plan.json that the re-plan replaced."""
    events: tuple[dict[str, Any], ...]


def day_log_json(log: DayLog) -> dict[str, object]:
    """Return the event log of a re-planned day as JSON values for plan.json."""
    names = {kind: name for name, kind in _KINDS.items()}
    events = [{"type": names[type(e)], **to_json_values(e)} for e in log.events]
    return {"at_s": log.at_s, "before_sha256": log.before_sha256, "events": events}


def day_log_record(part: DayLogPart, file: str) -> DayLog:
    """Return the event log from its JSON values; InputError S304 for an invalid event. `file`: name in errors."""
    events: list[Event] = []
    for n, content in enumerate(part.events):
        values = {"name": "events", "got": str(content)[:60], "wanted": "/".join(_KINDS)}
        issue = Issue("S304", f"{file} day_log.events[{n}]", values)
        kind = _KINDS.get(str(content.get("type")))
        if kind is None or _is_huge(content):
            raise InputError([issue])
        try:
            events.append(TypeAdapter(kind).validate_python({k: v for k, v in content.items() if k != "type"}))
        except ValidationError as error:
            raise InputError([issue]) from error
    return DayLog(part.at_s, tuple(events), part.before_sha256)


def _is_huge(value: Any) -> bool:
    if isinstance(value, dict):
        return any(map(_is_huge, value.values()))
    if isinstance(value, list):
        return any(map(_is_huge, value))
    return isinstance(value, int | float) and not abs(value) <= MOST
