"""Journal heads (number and hash of the last entry) in the audit log, and their comparison with the journals."""

import re
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from geodata.errors import Issue
from sweep.audit.audit_log import AuditLog
from sweep.audit.hash_chain import Head, chain_issues, parse_head, read_entries
from sweep.day.journal.journal_file import FOLDER, SUFFIX, whole_lines
from sweep.records.scenario_folders import JOURNALS

JOURNAL_FACT = "journal"
"""Name of the fact in an audit log entry that holds the head of a day's journal."""
_NOTED = re.compile(r"(\d{4}-\d\d-\d\d) (\d+:[0-9a-f]{64})")


def head_text(day: str, head: Head) -> str:
    """Return the text that an audit log entry holds for a journal: its `day` (ISO date) and the head of its chain."""
    return f"{day} {head}"


def journal_issues(out: Path, log: AuditLog, boards: Path | None = None) -> Iterator[Issue]:
    """
    Yield an issue for each journal whose hash chain, or whose heads in the audit log, show tampering.

    Parameters
    ----------
    boards
        Folder that holds the journals of all boards; None: next to the editions.
    """
    entries = [e for e in read_entries(log.content()) if isinstance(e["facts"], dict)]
    own, copies = (boards or out / FOLDER) / log.name, out / log.name / JOURNALS
    purged = {e["facts"].get("path") for e in entries if e["act"] == "purge"}
    logged_heads = _logged_heads(entries)
    for name in sorted({*logged_heads, *(p.name for folder in (own, copies) for p in folder.glob(f"*{SUFFIX}"))}):
        heads, is_own = logged_heads.get(name, []), (own / name).is_file()
        content = whole_lines((own if is_own else copies) / name)
        if not is_own and log.marker.is_file():
            # The copy in a store may lag behind the board's journal, or be missing.
            heads = [h for h in heads if h.n <= content.count(b"\n")]
        elif not is_own and name in purged:
            continue
        hashes = {e["n"]: e["hash"] for e in read_entries(content)}
        yield from chain_issues(content, name)
        yield from (Issue("S815", name, {"head": str(h)}) for h in heads if hashes.get(h.n) != h.hash)


def _logged_heads(entries: Sequence[Mapping[str, Any]]) -> dict[str, list[Head]]:
    heads_by_journal: dict[str, list[Head]] = {}
    for entry in entries:
        if match := _NOTED.fullmatch(str(entry["facts"].get(JOURNAL_FACT))):
            head = parse_head(match[2])
            heads = heads_by_journal.setdefault(f"{match[1]}{SUFFIX}", [])
            if head is not None and head not in heads:
                heads.append(head)
    return heads_by_journal
