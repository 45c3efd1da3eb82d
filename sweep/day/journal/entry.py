"""Records of a report as sent, and of its journal entry, with the client's and the server's time."""

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, field, replace
from types import MappingProxyType
from typing import Any

from sweep.audit.hash_chain import Head, Json, entry_line


@dataclass(frozen=True, slots=True)
class Report:
    """Report as sent, before it is in a journal."""

    id: str
    """Id given by the sender; one id means one event, even if sent repeatedly."""
    kind: str
    author: str
    """A pseudonym, or the id of a team."""
    client_at: str
    """ISO 8601, by the sender's clock, which may be wrong by hours."""
    at_s: int
    """Time of the event, in seconds after midnight of the plan's day, by the server's clock."""
    body: Mapping[str, Json] = field(default_factory=lambda: MappingProxyType({}))
    text: str = ""
    """Text exactly as sent; its hash acknowledges it."""

    @property
    def sha256(self) -> str:
        """Hash that acknowledges this text to the sender."""
        return sent_sha256(self.text)


def sent_sha256(text: str) -> str:
    """SHA-256 of a report's text as sent."""
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


@dataclass(frozen=True, slots=True)
class Entry:
    """A report stored in a journal."""

    n: int
    """Sequence number, from 1."""
    id: str
    kind: str
    author: str
    client_at: str
    server_at: str
    """ISO 8601 with its offset."""
    at_s: int
    body: Mapping[str, Any]
    sha256: str
    hash: str


def report_line(head: Head, server_at: str, report: Report) -> tuple[bytes, Head]:
    """
    Next journal line for a report, and the head after it.

    Raises
    ------
    ValueError
        If the report cannot be written as a line, see `sweep.audit.hash_chain.entry_line`.
    """
    facts: dict[str, Json] = {
        "id": report.id,
        "client_at": report.client_at,
        "at_s": report.at_s,
        "sha256": report.sha256,
        "body": dict(report.body),
    }
    return entry_line(head, server_at, report.author, report.kind, facts)


def entry_of(line: Mapping[str, Any]) -> Entry | None:
    """Journal entry of a valid chain line; None for a line of another kind of log."""
    facts = line["facts"]
    if not isinstance(facts, dict) or set(facts) != {"id", "client_at", "at_s", "sha256", "body"}:
        return None
    return Entry(
        n=line["n"],
        id=facts["id"],
        kind=line["act"],
        author=line["who"],
        client_at=facts["client_at"],
        server_at=line["at"],
        at_s=facts["at_s"],
        body=facts["body"],
        sha256=facts["sha256"],
        hash=line["hash"],
    )


def entries_of_real_day(entries: Iterable[Entry]) -> list[Entry]:
    """
    Entries since the start of the real day; before that, those of the latest exercise.

    Entries of earlier exercises are neither orders nor results, and may even use another day's times.
    """
    known = list(entries)
    editions = [(k, e) for k, e in enumerate(known) if e.kind == "edition"]
    begun = max((k for k, e in editions if is_beginning(e)), default=0)
    return known[next((k for k, e in editions if not e.body["is_exercise"]), begun) :]


def with_confirmed_clock(entries: Iterable[Entry]) -> list[Entry]:
    """
    Entries with times limited by the next confirmation of the clock.

    A server clock that ran ahead gives reports a time in the future; the desk confirms the clock once it is right.
    """
    latest_s, found = float("inf"), list[Entry]()
    for entry in reversed(list(entries)):
        latest_s = min(latest_s, entry.at_s) if entry.kind == "clock" else latest_s
        found.append(entry if entry.at_s <= latest_s else replace(entry, at_s=int(latest_s)))
    return found[::-1]


def is_beginning(edition: Entry) -> bool:
    """Whether the entry starts a day or an exercise, rather than a re-plan."""
    return "answers_to" not in edition.body


def answered_n(edition: Entry) -> int:
    """Sequence number up to which an edition's plan answers events; its own number at a start."""
    return int(edition.body.get("answers_to", edition.n))


def entry_json(entry: Entry) -> dict[str, Any]:
    """Entry as JSON values."""
    return asdict(entry)
