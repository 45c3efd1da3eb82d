"""Approval of a plan by a person (C29), bound to the bytes of the plan, and its validity."""

import hashlib
import json
import re
from dataclasses import asdict, dataclass
from pathlib import Path

from geodata.errors import InputError, Issue
from geodata.regular_file import read_regular

FILE_NAME = "approval.json"


@dataclass(frozen=True, slots=True)
class Approval:
    """Approval of an edition, stored as `approval.json` in the edition's folder."""

    plan_id: str
    plan_sha256: str
    """SHA-256 of plan.json at the time of the approval."""
    by: str
    """Pseudonym of the person who approved the plan."""
    at: str
    """ISO 8601 with its offset."""
    audit_head: str
    """`n:hash` of the audit log line that recorded the approval."""


def checked_id(text: str) -> str:
    """Return a pseudonym; InputError S801 unless it is one word (`.@-` allowed) without ID or phone numbers."""
    from geodata.personal.personal_numbers import find_personal_numbers  # only here: help does not wait for it

    if not re.fullmatch(r"[\w.@-]{1,64}", text) or find_personal_numbers(text):
        raise InputError([Issue("S801", "--by", {"got": text[:8]})])
    return text


def approval_text(approval: Approval) -> str:
    """Return an approval as the JSON text of `approval.json`."""
    return json.dumps(asdict(approval), ensure_ascii=False, sort_keys=True, indent=1) + "\n"


def read_approval(folder: Path) -> Approval | None:
    """Approval in an edition's folder, None without one; InputError S802 if the file is malformed."""
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


def is_valid(approval: Approval, plan: bytes) -> bool:
    """Whether the plan's bytes are those that were approved."""
    return approval.plan_sha256 == hashlib.sha256(plan).hexdigest()
