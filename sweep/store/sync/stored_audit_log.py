"""The audit log's own lines for a store, which knows no more of them than that each follows another."""

from collections.abc import Iterator
from typing import cast

from sweep.audit.audit_log import AuditLog
from sweep.audit.hash_chain import Head, Json, entry_line, holds_head, parse_head, read_entries
from sweep.store.store_records import Line


def next_line(n: int, prev: str, line: Line) -> tuple[bytes, str]:
    """The line behind one with a number and a hash, and its own hash."""
    content, head = entry_line(Head(n, prev), line.at, line.who, line.act, cast("dict[str, Json]", dict(line.facts)))
    return content, head.hash


def lines_of(chain: bytes) -> Iterator[Line]:
    """What the lines of a log say."""
    for entry in read_entries(chain):
        yield Line(str(entry["at"]), str(entry["who"]), str(entry["act"]), dict(entry["facts"]))


def end_of(chain: bytes) -> str:
    """The head that a log ends in, as it is noted."""
    entries = read_entries(chain)
    return str(Head(int(entries[-1]["n"]), str(entries[-1]["hash"]))) if entries else ""


def holds_end(chain: bytes, end: str) -> bool:
    """Whether an end that was noted is still in a log."""
    head = parse_head(end)
    return head is None or holds_head(chain, head)


def restore_log(log: AuditLog, chain: bytes) -> None:
    """Make a log on disk the one of a store; no file where there are no lines."""
    if chain and chain != log.content():
        log.restore(chain)
