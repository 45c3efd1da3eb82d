"""Comparison of the files of a planned campaign with their entry in the audit log (C29)."""

import hashlib
import json
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from geodata.atomic_writes import locked_for_reading
from geodata.errors import Code, InputError, Issue
from geodata.regular_file import is_present, read_regular
from sweep.audit.audit_log import log_of_edition
from sweep.audit.hash_chain import Json
from sweep.audit.query_edition_entries import Entries
from sweep.campaign.records import FILE_NAME, CampaignRecord, read_campaign
from sweep.records.plan import Violation

ACT = "campaign"
# Record replaced by the last one, for comparison of published days.
BEFORE = "campaign.before.json"


def campaign_facts(record: CampaignRecord, files: Mapping[str, str]) -> dict[str, Json]:
    """Return name, day, plan ids and file hashes of a planned window for the audit log; `files`: texts by file name."""
    return {
        "campaign": record.name,
        "planned_on": record.planned_on.isoformat(),
        "plan_ids": [d.plan_id for d in record.days if d.plan_id is not None],
        "files": {name: _sha256(name, text.encode()) for name, text in sorted(files.items())},
    }


def _sha256(name: str, content: bytes) -> str:
    return json_sha256(content) if name.endswith(".json") else hashlib.sha256(content).hexdigest()


def read_record(place: Path, name: str = FILE_NAME) -> CampaignRecord | None:
    """Read the record `name` of a folder without comparing it with the audit log; None if missing, S921 if damaged."""
    file = place / name
    try:
        with locked_for_reading(place.parent):
            return read_campaign(read_regular(file)) if is_present(file) else None
    except (ValidationError, UnicodeDecodeError) as error:
        raise InputError([Issue("S921", str(file))]) from error


def open_record(place: Path, name: str = FILE_NAME) -> CampaignRecord | None:
    """Return the record in `name`, None if missing; S817 or S818 if it differs from the audit log, S921 if damaged."""
    record = read_record(place, name)
    if record is not None and (issue := record_issue(place, name)):
        raise InputError([issue])
    return record


def planned_record(place: Path, read: Callable[[Path], CampaignRecord | None] = open_record) -> CampaignRecord:
    """Return the record of the folder `place`, read by `read` (its errors are raised); S918 if no window is planned."""
    record = read(place)
    if record is None:
        raise InputError([Issue("S918", str(place / FILE_NAME))])
    return record


def record_issue(place: Path, name: str) -> Issue | None:
    """Return S817 if the log has no entry of the campaign, S818 if no entry has the hash of file `name`, else None."""
    log = log_of_edition(place)
    accepted = _accepted(place, log.entries())
    values = {"file": log.path.name}
    if not accepted:
        return Issue(Code.UNRECORDED, str(place / name), values)
    file = place / name
    sha256 = _sha256(name, read_regular(file)) if file.is_file() else None
    return None if any(files.get(name) == sha256 for files in accepted) else Issue("S818", str(file), values)


def refuse_unrecorded_window(place: Path) -> None:
    """
    Raise InputError if campaign.json differs from its entry in the audit log, before a new window is planned from it.

    A campaign from a version without such log entries is accepted; its next window is logged.

    Raises
    ------
    InputError
        S818 if the log has another hash of the file.
    """
    issues = [record_issue(place, name) for name in (FILE_NAME, BEFORE) if (place / name).is_file()]
    if changed := [issue for issue in issues if issue is not None and issue.code != Code.UNRECORDED]:
        raise InputError(changed)


def campaign_breaches(place: Path) -> Iterator[Violation]:
    """Yield violations of C29 in a campaign's folder: missing, unlogged and changed files."""
    log = log_of_edition(place)
    recorded = {name for files in _accepted(place, log.entries())[:1] for name in files}
    for name in sorted({FILE_NAME, *recorded, *([BEFORE] if (place / BEFORE).is_file() else [])}):
        if issue := record_issue(place, name):
            yield Violation("C29", name, {"detail": f"{issue.code} {log.path.name}"})


def _accepted(place: Path, entries: Entries) -> list[dict[str, Any]]:
    """
    Return the SHA-256 of each file by name, one dict for each log entry that the files may match, the newest first.

    The last entry is accepted. The one before it is accepted too while an edition that the last entry names is missing:
    a command that was killed after its log entry leaves the files of the previous window.
    """
    own = [e["facts"] for e in entries if e["act"] == ACT]
    if not own:
        return []
    is_whole = all((place.parent / plan_id).is_dir() for plan_id in own[-1]["plan_ids"])
    return [facts["files"] for facts in (own[-1:] if is_whole else own[:-3:-1])]


def json_sha256(content: bytes) -> str:
    """Return the SHA-256 of a JSON file, independent of its layout and order of keys; of the bytes if it is no JSON."""
    try:
        value = json.loads(content)
        text = json.dumps(value, ensure_ascii=True, sort_keys=True, separators=(",", ":"))
    except (ValueError, RecursionError):
        return hashlib.sha256(content).hexdigest()
    return hashlib.sha256(text.encode()).hexdigest()
