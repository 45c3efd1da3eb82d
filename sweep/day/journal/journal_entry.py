"""Records of a report as a phone or the desk sends it, and of its journal entry."""

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from types import MappingProxyType
from typing import Any

from sweep.audit.hash_chain import Head, Json, entry_line


@dataclass(frozen=True, slots=True)
class Report:
    """Report as sent, before it is stored in a journal."""

    id: str
    """Id given by the sender; reports with the same id are one event, sent repeatedly."""
    kind: str
    """Kind of the report, a key of `sweep.day.journal.report_kinds.KINDS`."""
    author: str
    """Pseudonym of the sender, or id of the sending team."""
    client_at: str
    """Time by the sender's clock, ISO 8601; the clock may be wrong by hours."""
    at_s: int
    """Time of the event by the server's clock, in seconds after midnight of the plan's day."""
    body: Mapping[str, Json] = field(default_factory=lambda: MappingProxyType({}))
    """Content, as its kind requires."""
    text: str = ""
    """Text exactly as sent; the server acknowledges the report with the hash of this text."""

    @property
    def sha256(self) -> str:
        """Return the SHA-256 of the report's text, with which the server acknowledges it."""
        return sent_sha256(self.text)


def sent_sha256(text: str) -> str:
    """Return the SHA-256 of a report's text as sent, as hex."""
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


@dataclass(frozen=True, slots=True)
class Entry:
    """Journal entry: a report with its sequence number, the server's time and the chain's hash."""

    n: int
    """Sequence number, from 1."""
    id: str
    """Id of the report."""
    kind: str
    """Kind of the report, as in `Report`."""
    author: str
    """Pseudonym of the sender, or id of the sending team."""
    client_at: str
    """Time by the sender's clock, ISO 8601."""
    server_at: str
    """Time by the server's clock, ISO 8601 with its offset."""
    at_s: int
    """Time of the event by the server's clock, in seconds after midnight of the plan's day."""
    body: Mapping[str, Any]
    """Content, as its kind requires."""
    sha256: str
    """SHA-256 of the report's text as sent."""
    hash: str
    """Hash of the line in the chain; the line contains the hash of the line before."""


def report_line(head: Head, server_at: str, report: Report) -> tuple[bytes, Head]:
    """
    Return the next journal line for a report, and the head of the hash chain after it.

    `head`: head before the line; `server_at`: the server's time, ISO 8601 with its offset.

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
    """Return the journal entry in a valid line of a hash chain; None if the line is from another kind of log."""
    facts = line["facts"]
    if not isinstance(facts, dict) or set(facts) != {"id", "client_at", "at_s", "sha256", "body"}:
        return None
    return Entry(n=line["n"], kind=line["act"], author=line["who"], server_at=line["at"], hash=line["hash"], **facts)


def entries_of_real_day(entries: Iterable[Entry]) -> list[Entry]:
    """
    Return the entries from the start of the real day on; if it has not started, those of the latest exercise.

    Entries of earlier exercises are neither orders nor results, and may even use another day's times.
    """
    known = list(entries)
    editions = [(k, e) for k, e in enumerate(known) if e.kind == "edition"]
    begun = max((k for k, e in editions if is_beginning(e)), default=0)
    return known[next((k for k, e in editions if not e.body["is_exercise"]), begun) :]


def with_confirmed_clock(entries: Iterable[Entry]) -> list[Entry]:
    """
    Return the entries; times recorded while the server's clock ran ahead are set back.

    The desk confirms the corrected clock by a `clock` entry. Preceding entries with a later time get the time of that
    entry.
    """
    latest_s, corrected = float("inf"), list[Entry]()
    for entry in reversed(list(entries)):
        latest_s = min(latest_s, entry.at_s) if entry.kind == "clock" else latest_s
        corrected.append(entry if entry.at_s <= latest_s else replace(entry, at_s=int(latest_s)))
    return corrected[::-1]


def is_beginning(edition: Entry) -> bool:
    """Whether the entry of an edition starts a day or an exercise; the edition of a re-plan does not."""
    return "answers_to" not in edition.body


def answered_n(edition: Entry) -> int:
    """
    Return the number of the last journal entry that a plan takes into account; `edition`: entry that activates it.

    A plan that starts a day or an exercise takes into account all entries up to its own.
    """
    return int(edition.body.get("answers_to", edition.n))
