"""What the entries of a log say of an edition: whether it wrote it, and whether it knows its approval."""

from collections.abc import Sequence
from typing import Any

from sweep.audit.approval import Approval
from sweep.audit.hash_chain import parse_head

type Entries = Sequence[dict[str, Any]]
"""The sound entries of a log, in order."""

# Commands that write an edition, and the edit by hand on the board.
WRITES_EDITION = frozenset({"run", "replan", "edit"})
# Issues of an approval or an edition that the log does not vouch for: a breach of C29, not a faulty input.
OFF_RECORD = frozenset({"S816", "S817", "S818"})


def written_entry(entries: Entries, plan_id: str) -> dict[str, Any] | None:
    """The last line of a run or a change of the day that wrote the edition; None if no line says so."""
    found = [e for e in entries if e["act"] in WRITES_EDITION and e["facts"].get("plan_id") == plan_id]
    return found[-1] if found else None


def released_entry(entries: Entries, plan_id: str, output_class: str) -> dict[str, Any] | None:
    """The last line of a handout of a plan to a class of reader; None if no line says so."""
    key = (plan_id, output_class)
    found = [e for e in entries if e["act"] == "release"]
    return next((e for e in reversed(found) if (e["facts"].get("plan_id"), e["facts"].get("class")) == key), None)


def is_approval_on_record(entries: Entries, approval: Approval) -> bool:
    """Whether the line that an approval names is its own, and no later line has written the edition anew."""
    head = parse_head(approval.audit_head)
    if head is None:
        return False
    own = next((e for e in entries if (e["n"], e["hash"]) == (head.n, head.hash)), None)
    written = written_entry(entries, approval.plan_id)
    return own is not None and _approval_of(own) == approval and (written is None or written["n"] < head.n)


def approvals_on_record(entries: Entries) -> list[Approval]:
    """Every approval that the log knows, oldest first."""
    return [approval for e in entries if (approval := _approval_of(e)) is not None]


def _approval_of(entry: dict[str, Any]) -> Approval | None:
    """The approval that an entry of the log is about; None if it is about something else."""
    if entry["act"] != "approve":
        return None
    facts = entry["facts"]
    plan_id, sha256 = str(facts.get("plan_id")), str(facts.get("plan_sha256"))
    return Approval(plan_id, sha256, str(entry["who"]), str(entry["at"]), f"{entry['n']}:{entry['hash']}")
