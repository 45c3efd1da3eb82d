"""Entries of the audit log for a store, which treats them as an opaque hash chain."""

from collections.abc import Iterator
from typing import cast

from sweep.audit.audit_log import AuditLog
from sweep.audit.hash_chain import Head, Json, entry_line, holds_head, parse_head, read_entries
from sweep.store.store_records import LogEntry


def next_line(n: int, prev: str, line: LogEntry) -> tuple[bytes, str]:
    """Return a log entry as a line (bytes) that follows the entry with number `n` and hash `prev`, and its own hash."""
    content, head = entry_line(Head(n, prev), line.at, line.who, line.act, cast("dict[str, Json]", dict(line.facts)))
    return content, head.hash


def lines_of(chain: bytes) -> Iterator[LogEntry]:
    """Yield the entries of a log, without their numbers and hashes."""
    for entry in read_entries(chain):
        yield LogEntry(str(entry["at"]), str(entry["who"]), str(entry["act"]), dict(entry["facts"]))


def head_of(chain: bytes) -> str:
    """Return the head of a log as text, `n:hash`; empty without entries."""
    entries = read_entries(chain)
    return str(Head(int(entries[-1]["n"]), str(entries[-1]["hash"]))) if entries else ""


def has_head(chain: bytes, end: str) -> bool:
    """Return whether head `end` (`n:hash`), recorded earlier, is still an entry of a log; True if `end` is empty."""
    head = parse_head(end)
    return head is None or holds_head(chain, head)


def restore_log(log: AuditLog, chain: bytes) -> None:
    """Replace the log on disk by the log of a store, given as bytes (`chain`); empty bytes change nothing."""
    if chain and chain != log.content():
        log.restore(chain)
