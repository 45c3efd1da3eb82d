"""
iCalendar (RFC 5545) export of a plan: one event for each stop.

Written without a library, since escaping, line folding and UTC suffice; a test reads it with one.
"""

import re
from datetime import UTC, datetime

from geodata.message_catalogue import Texts
from sweep.publish.edition import Edition
from sweep.publish.facts.iso_and_release_times import iso_time
from sweep.publish.facts.names_and_reasons import building_name, label, stop_title
from sweep.publish.facts.team_facts import StopFacts, TeamFacts, team_facts
from sweep.records.plan import Stop

_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")


def plan_calendar(edition: Edition, texts: Texts, *, is_approved: bool = False) -> str:
    """
    Return the calendar of a plan. A stop keeps its UID in later plans, so that a re-plan moves its event.

    `is_approved`: whether events are confirmed; otherwise tentative.
    """
    lines = ["BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//sweep//plan//EN", "CALSCALE:GREGORIAN", "METHOD:PUBLISH"]
    lines.append(f"X-WR-CALNAME:{_text(f'{edition.scenario.name} {edition.plan_id}')}")
    status = "CONFIRMED" if is_approved else "TENTATIVE"
    for team in team_facts(edition):
        for stop in team.stops:
            lines += [*_event(edition, team, stop, texts), f"STATUS:{status}", "END:VEVENT"]
    return "".join(f"{_folded(line)}\r\n" for line in [*lines, "END:VCALENDAR"])


def _event(edition: Edition, team: TeamFacts, s: StopFacts, texts: Texts) -> list[str]:
    name = building_name(s.building, s.building.building_id)
    track = label(texts, f"track.{s.visit.track}", s.visit.track)
    members = texts("export.members", n=len(team.members), members=", ".join(p.person_id for p in team.members))
    return [
        "BEGIN:VEVENT",
        f"UID:{_text(_uid(edition, s))}",
        f"SEQUENCE:{0 if edition.log is None else edition.log.at_s}",
        # Taken from the day instead of the run, so that equal plans give equal bytes.
        f"DTSTAMP:{_utc(edition, 0)}",
        f"DTSTART:{_utc(edition, s.stop.start_s)}",
        f"DTEND:{_utc(edition, s.stop.end_s)}",
        f"SUMMARY:{_text(stop_title(team, s, texts))}",
        f"LOCATION:{_text(s.building.address or name)}",
        f"GEO:{s.building.lat:.6f};{s.building.lon:.6f}",
        f"CATEGORIES:{_text(texts('export.team', letter=team.letter, team_id=team.team.team_id))}",
        f"DESCRIPTION:{_text(f'{track}\n{members}')}",
    ]


def _uid(edition: Edition, s: StopFacts) -> str:
    """Return the UID of a stop's calendar event, unique across scenarios and attempts (RFC 5545, 3.8.4.7)."""
    scenario, attempt = edition.scenario, f"-attempt{_attempt_number(edition, s.stop)}" if s.stop.is_attempt else ""
    return f"{scenario.name}-{s.visit.visit_id}-{s.stop.slot}{attempt}-{scenario.day.isoformat()}@sweep"


def _attempt_number(edition: Edition, tried: Stop) -> str:
    """Return as text the number of an attempt of a visit at a locked door, from 2; empty for the first attempt."""
    tries = sorted(
        x.start_s
        for r in edition.plan.routes
        for x in r.stops
        if x.is_attempt and (x.visit_id, x.slot) == (tried.visit_id, tried.slot)
    )
    number = 1 + tries.index(tried.start_s)
    return str(number) if number > 1 else ""


def _utc(edition: Edition, seconds: int) -> str:
    return datetime.fromisoformat(iso_time(edition, seconds)).astimezone(UTC).strftime("%Y%m%dT%H%M%SZ")


def _text(value: str) -> str:
    """Return a text escaped as an iCalendar TEXT value, so that no character of it ends the line or the value."""
    escaped = value.replace("\\", "\\\\").replace(";", "\\;").replace(",", "\\,")
    escaped = re.sub("\r\n|[\r\n\v\f\x1c-\x1e\x85\u2028\u2029]", "\\\\n", escaped)
    return _CONTROL.sub("\ufffd", escaped)


def _folded(line: str) -> str:
    """Return a line folded to at most 75 bytes (RFC 5545, 3.1), without a fold inside a UTF-8 character."""
    pieces, piece, size = [], "", 0
    for character in line:
        n = len(character.encode("utf-8", "replace"))
        if size + n > 75:
            pieces.append(piece)
            piece, size = " ", 1
        piece += character
        size += n
    return "\r\n".join([*pieces, piece])
