"""Queries on log entries: the writing, release and approval of an edition."""

from collections.abc import Sequence
from typing import Any

from geodata.errors import Code
from sweep.audit.approval import Approval
from sweep.audit.hash_chain import parse_head

type Entries = Sequence[dict[str, Any]]
"""The valid entries of a log, in order."""

# Commands that write an edition, and manual edits on the board.
WRITES_EDITION = frozenset({"run", "replan", "edit"})
# Entry of an import of inspection codes, which rewrites orders but not the plan, so that an approval stays valid.
CODES = "codes"
# Issues of approvals and editions that the log does not confirm: a breach of C29 rather than an input error.
OFF_RECORD = frozenset({"S816", Code.UNRECORDED, "S818"})


def written_entry(entries: Entries, plan_id: str) -> dict[str, Any] | None:
    """Last entry (see `read_entry`) of a run, re-plan or edit that wrote the edition `plan_id`; None without one."""
    found = [e for e in entries if e["act"] in WRITES_EDITION and e["facts"].get("plan_id") == plan_id]
    return found[-1] if found else None


def recorded_sha256(entries: Entries, plan_id: str) -> str | None:
    """Hash of an edition's files in the last log entry that wrote it or added inspection codes; None without one."""
    written = written_entry(entries, plan_id)
    if written is None:
        return None
    later = (e for e in entries if e["act"] == CODES and e["n"] > written["n"] and e["facts"].get("plan_id") == plan_id)
    sha256 = [written, *later][-1]["facts"].get("edition_sha256")
    return None if sha256 is None else str(sha256)


def released_entry(entries: Entries, plan_id: str, output_class: str) -> dict[str, Any] | None:
    """Last log entry about a release of the plan's handout for the disclosure class; None if it was never released."""
    key = (plan_id, output_class)
    found = [e for e in entries if e["act"] == "release"]
    return next((e for e in reversed(found) if (e["facts"].get("plan_id"), e["facts"].get("class")) == key), None)


def is_approval_on_record(entries: Entries, approval: Approval) -> bool:
    """Whether the log line that an approval names records that approval, and no later line rewrites the edition."""
    head = parse_head(approval.audit_head)
    if head is None:
        return False
    own = next((e for e in entries if (e["n"], e["hash"]) == (head.n, head.hash)), None)
    written = written_entry(entries, approval.plan_id)
    return own is not None and _approval_of(own) == approval and (written is None or written["n"] < head.n)


def approvals_on_record(entries: Entries) -> list[Approval]:
    """Every approval in the log, oldest first."""
    return [approval for e in entries if (approval := _approval_of(e)) is not None]


def _approval_of(entry: dict[str, Any]) -> Approval | None:
    if entry["act"] != "approve":
        return None
    facts = entry["facts"]
    plan_id, sha256 = str(facts.get("plan_id")), str(facts.get("plan_sha256"))
    return Approval(plan_id, sha256, str(entry["who"]), str(entry["at"]), f"{entry['n']}:{entry['hash']}")
