"""
Hash chain of log lines: each line holds its own hash and that of the line before.

The chain alone shows changed, missing, added or reordered lines, but not truncation, since any prefix is a valid chain.
So the head is stored in a separate file, in every approval, and on every approved page.
"""

import hashlib
import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import pairwise
from typing import Any

from geodata.errors import Issue

type Json = str | int | float | bool | list[Json] | dict[str, Json] | None

_HASH = re.compile("[0-9a-f]{64}")
# Larger numbers are impossible, and Python refuses to parse more than 4,300 digits.
_COUNT = re.compile("[0-9]{1,18}")


@dataclass(frozen=True, slots=True)
class Head:
    """Head of a log, kept separately to detect truncation."""

    n: int = 0
    """Number of lines."""
    hash: str = "0" * 64
    """Hash of the last line; all zeros for an empty log."""
    n_bytes: int = 0
    """Length of the log in bytes; 0 in a head from `parse_head`."""

    def __str__(self) -> str:
        return f"{self.n}:{self.hash}"


def entry_line(head: Head, at: str, who: str, act: str, facts: Mapping[str, Json]) -> tuple[bytes, Head]:
    """
    Next line of a log, with its line end, and the head after it.

    Parameters
    ----------
    head
        Head of the log before the line.
    at
        Time of the act, ISO 8601 with its offset.
    who
        Pseudonym of the person who acts.
    act
        Kind of the act, such as `approve`.
    facts
        Facts about the act, by name.

    Raises
    ------
    ValueError
        If a text is not encodable in UTF-8, or a number is not finite: such a line could not be read back.
    """
    content = {"n": head.n + 1, "at": at, "who": who, "act": act, "facts": dict(facts), "prev": head.hash}
    if not _bytes(content):
        raise ValueError(f"a line must hold text that UTF-8 can encode and finite numbers, got {content!r:.200}")
    own = _hash(content)
    line = _bytes({**content, "hash": own})
    return line, Head(head.n + 1, own, head.n_bytes + len(line))


def encodable_facts(facts: Mapping[str, Json]) -> dict[str, Json]:
    r"""
    Return the facts with characters that UTF-8 cannot encode written as text such as `\udcd7`, in keys and values.

    Python uses such surrogates for file names and command line words that are not UTF-8. Escaping keeps two different
    names different, which a common replacement character would not.
    """
    return {_writable_text(name): _writable(value) for name, value in facts.items()}


def _writable(value: Json) -> Json:
    if isinstance(value, str):
        return _writable_text(value)
    if isinstance(value, dict):
        return encodable_facts(value)
    return [_writable(each) for each in value] if isinstance(value, list) else value


def _writable_text(text: str) -> str:
    return text.encode("utf-8", "backslashreplace").decode("utf-8")


def chain_issues(log: bytes, file: str) -> list[Issue]:
    """Issues for lines of a log that were changed, added or moved since they were written (tampering)."""
    issues: list[Issue] = []
    previous = Head()
    for number, line in enumerate(_lines(log), start=1):
        where = f"{file} line {number}"
        entry = read_entry(line)
        if entry is None:
            issues.append(Issue("S811", where))
            # Later lines are compared with the expected chain, so that one changed line gives one issue.
            previous = Head(number, "", 0)
            continue
        if previous.hash not in ("", entry["prev"]) or entry["n"] != number:
            issues.append(Issue("S812", where, {"n": str(entry["n"])}))
        previous = Head(number, str(entry["hash"]), 0)
    return issues


def head_faults(log: bytes, head: Head, file: str) -> list[Issue]:
    """Issue if a log differs from its head in lines, hash or bytes; empty if they agree."""
    lines = list(_lines(log))
    last = read_entry(lines[-1]) if lines else None
    own = Head().hash if not lines else str(last["hash"]) if last else "-"
    if (len(lines), own, len(log)) == (head.n, head.hash, head.n_bytes):
        return []
    return [Issue("S813", file, {"n": len(lines), "n_head": head.n})]


def clock_notes(log: bytes, file: str) -> list[Issue]:
    """Notes (S819) on lines with an earlier time than the line before: a clock set back, or another machine's."""
    entries = read_entries(log)
    return [
        Issue("S819", f"{file} line {later['n']}", {"at": str(later["at"]), "before": str(earlier["at"])})
        for earlier, later in pairwise(entries)
        if (_moment(later) or datetime.max.replace(tzinfo=UTC)) < (_moment(earlier) or datetime.min.replace(tzinfo=UTC))
    ]


def _moment(entry: Mapping[str, Any]) -> datetime | None:
    try:
        at = datetime.fromisoformat(str(entry["at"]))
    except ValueError:
        return None
    return at if at.tzinfo is not None else at.replace(tzinfo=UTC)


def holds_head(log: bytes, head: Head) -> bool:
    """Whether a head recorded earlier matches the log's first `head.n` lines; the head of an empty log always does."""
    lines = list(_lines(log))
    if not 0 < head.n <= len(lines):
        return head == Head()
    entry = read_entry(lines[head.n - 1])
    return entry is not None and entry["hash"] == head.hash


def read_entry(line: bytes) -> dict[str, Any] | None:
    """
    Entry of a log line: `n`, `at`, `who`, `act`, `facts`, `prev`, `hash`; None if the line was altered or is no entry.

    The line must be byte for byte as written, with the right `hash`. Whether it follows the line before is not checked.
    """
    try:
        entry = json.loads(line)
    except (ValueError, RecursionError):
        return None
    if not isinstance(entry, dict) or set(entry) != {"n", "at", "who", "act", "facts", "prev", "hash"}:
        return None
    content = {key: value for key, value in entry.items() if key != "hash"}
    # Compare bytes, not content: an added space is a change too.
    return entry if _bytes(entry) == line and entry["hash"] == _hash(content) else None


def read_entries(log: bytes) -> list[dict[str, Any]]:
    """Entries of the valid lines of a log, oldest first."""
    return [entry for line in _lines(log) if (entry := read_entry(line)) is not None]


def parse_head(text: str) -> Head | None:
    """Parse a head from its text `n:hash` (`str(head)`); None for any other text."""
    n, sign, own = text.strip().partition(":")
    return Head(int(n), own) if sign and _COUNT.fullmatch(n) and _HASH.fullmatch(own) else None


def _lines(log: bytes) -> Iterator[bytes]:
    start = 0
    while start < len(log):
        end = log.find(b"\n", start) + 1 or len(log)
        yield log[start:end]
        start = end


def _hash(content: Mapping[str, Any]) -> str:
    return hashlib.sha256(_bytes(content)).hexdigest()


def _bytes(content: Mapping[str, Any]) -> bytes:
    try:
        text = json.dumps(content, ensure_ascii=False, sort_keys=True, separators=(",", ":"), allow_nan=False)
        return (text + "\n").encode("utf-8")
    except (UnicodeEncodeError, ValueError):
        return b""
