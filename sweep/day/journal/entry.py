"""One line of a journal: what happened, who says so, when by their clock and by the server's, and the line before."""

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, field, replace
from types import MappingProxyType
from typing import Any

from sweep.audit.hash_chain import Head, Json, entry_line


@dataclass(frozen=True, slots=True)
class Report:
    """Report as it is sent, before it is in a journal."""

    id: str
    """Its own, given by whoever sends it: one id is one event, however often it is sent."""
    kind: str
    author: str
    """A pseudonym, or the id of a team."""
    client_at: str
    """ISO 8601, by the sender's clock, which may be wrong by hours."""
    at_s: int
    """When it happened, in seconds after midnight of the plan's day, by the server's clock."""
    body: Mapping[str, Json] = field(default_factory=lambda: MappingProxyType({}))
    text: str = ""
    """Text as sent, character by character: the sender gets its hash."""

    @property
    def sha256(self) -> str:
        """The hash by which the sender knows that this very text has been kept."""
        return sent_sha256(self.text)


def sent_sha256(text: str) -> str:
    """The hash of a report's text as it was sent."""
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


@dataclass(frozen=True, slots=True)
class Entry:
    """A report that stands in a journal."""

    n: int
    """From 1."""
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
    The next line of a journal for a report, and the head that it makes.

    Raises
    ------
    ValueError
        If the report holds what no line can, see `sweep.audit.hash_chain.entry_line`.
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
    """The entry of a sound line of a chain; None if it is a line of another kind of log."""
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


def in_earnest(entries: Iterable[Entry]) -> list[Entry]:
    """
    Entries from the one on that runs the day in earnest; those of the last exercise while there is none.

    What was played before is no order and no result: it may even be of another day, by the hours of this one.
    """
    known = list(entries)
    editions = [(k, e) for k, e in enumerate(known) if e.kind == "edition"]
    begun = max((k for k, e in editions if is_beginning(e)), default=0)
    return known[next((k for k, e in editions if not e.body["is_exercise"]), begun) :]


def with_confirmed_clock(entries: Iterable[Entry]) -> list[Entry]:
    """
    Entries none of which is of a later time than the next confirmation of the clock.

    A server's clock that was wrong for a minute gives its reports a time that is still to come; the desk confirms the
    clock once it is right.
    """
    latest_s, found = float("inf"), list[Entry]()
    for entry in reversed(list(entries)):
        latest_s = min(latest_s, entry.at_s) if entry.kind == "clock" else latest_s
        found.append(entry if entry.at_s <= latest_s else replace(entry, at_s=int(latest_s)))
    return found[::-1]


def is_beginning(edition: Entry) -> bool:
    """Whether the entry begins a day or an exercise with a plan, rather than with the change of the one before."""
    return "answers_to" not in edition.body


def answered_n(edition: Entry) -> int:
    """Number of the entry up to which the plan of an edition's entry answers to the day; its own at a beginning."""
    return int(edition.body.get("answers_to", edition.n))


def entry_json(entry: Entry) -> dict[str, Any]:
    """The entry as JSON's own kinds."""
    return asdict(entry)
