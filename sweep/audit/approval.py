"""A person's yes to a plan (C29): which bytes it was given to, by whom and when, and whether it still holds."""

import hashlib
import json
from dataclasses import asdict, dataclass
from pathlib import Path

from geodata.errors import InputError, Issue
from geodata.regular_file import read_regular

FILE_NAME = "approval.json"


@dataclass(frozen=True, slots=True)
class Approval:
    """One approval; `approval.json` in the edition's folder."""

    plan_id: str
    plan_sha256: str
    """SHA-256 of plan.json as it was when it was approved."""
    by: str
    at: str
    """ISO 8601 with its offset."""
    audit_head: str
    """`n:hash` of the line that the approval made in the audit log."""


def approval_text(approval: Approval) -> str:
    """`approval.json`."""
    return json.dumps(asdict(approval), ensure_ascii=False, sort_keys=True, indent=1) + "\n"


def read_approval(folder: Path) -> Approval | None:
    """The approval in an edition's folder, None if there is none; S802 if the file is none."""
    path = folder / FILE_NAME
    if not path.exists():
        return None
    try:
        content = json.loads(read_regular(path))
        approval = Approval(**content)
    except (OSError, ValueError, TypeError, RecursionError) as error:
        raise InputError([Issue("S802", str(path))]) from error
    if not all(isinstance(value, str) for value in asdict(approval).values()):
        raise InputError([Issue("S802", str(path))])
    return approval


def holds(approval: Approval, plan: bytes) -> bool:
    """Whether the plan is, byte for byte, the one that was approved."""
    return approval.plan_sha256 == hashlib.sha256(plan).hexdigest()
