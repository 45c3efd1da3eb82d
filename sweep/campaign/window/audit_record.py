"""The files of a planned campaign, compared with the entry of the audit log that recorded them (C29)."""

import hashlib
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from geodata.atomic_writes import steady
from geodata.errors import InputError, Issue
from geodata.regular_file import is_present, read_regular
from sweep.audit.audit_log import log_of_edition
from sweep.audit.edition_entries import Entries
from sweep.audit.hash_chain import Json
from sweep.campaign.records import FILE_NAME, CampaignRecord, read_campaign
from sweep.disk.json_hash import json_sha256
from sweep.records.plan import Violation

ACT = "campaign"
# The record that the last one replaced: published days are compared with it.
BEFORE = "campaign.before.json"


def campaign_facts(record: CampaignRecord, files: Mapping[str, str]) -> dict[str, Json]:
    """Facts of a planned window for the audit log."""
    return {
        "campaign": record.name,
        "planned_on": record.planned_on.isoformat(),
        "plan_ids": [d.plan_id for d in record.days if d.plan_id is not None],
        "files": {name: _sha256(name, text.encode()) for name, text in sorted(files.items())},
    }


def _sha256(name: str, content: bytes) -> str:
    return json_sha256(content) if name.endswith(".json") else hashlib.sha256(content).hexdigest()


def read_record(place: Path, name: str = FILE_NAME) -> CampaignRecord | None:
    """The campaign.json of a folder, None if there is none; S921 if it cannot be read, and errors of `steady`."""
    file = place / name
    try:
        with steady(place.parent):
            return read_campaign(read_regular(file)) if is_present(file) else None
    except (ValidationError, UnicodeDecodeError) as error:
        raise InputError([Issue("S921", str(file))]) from error


def open_record(place: Path, name: str = FILE_NAME) -> CampaignRecord | None:
    """The record of a campaign as the audit log knows it; S817 or S818 if it does not, S921 if it is unreadable."""
    record = read_record(place, name)
    if record is not None and (issue := record_issue(place, name)):
        raise InputError([issue])
    return record


def record_issue(place: Path, name: str) -> Issue | None:
    """S817 if no entry of the audit log records a file of a campaign, S818 if it records another; else None."""
    log = log_of_edition(place)
    accepted = _accepted(place, log.entries())
    values = {"file": log.path.name}
    if not accepted:
        return Issue("S817", str(place / name), values)
    file = place / name
    sha256 = _sha256(name, read_regular(file)) if file.is_file() else None
    return None if any(files.get(name) == sha256 for files in accepted) else Issue("S818", str(file), values)


def refuse_unrecorded_window(place: Path) -> None:
    """
    Refuse to plan from a record that the audit log does not vouch for.

    A campaign that was planned before its windows were recorded has no entry yet; its next window gets one.

    Raises
    ------
    InputError
        S818 if the log records another content.
    """
    issues = [record_issue(place, name) for name in (FILE_NAME, BEFORE) if (place / name).is_file()]
    if changed := [issue for issue in issues if issue is not None and issue.code != "S817"]:
        raise InputError(changed)


def campaign_breaches(place: Path) -> Iterator[Violation]:
    """Breaches of C29 in a campaign's folder: files that the log does not know, knows otherwise, or misses."""
    log = log_of_edition(place)
    recorded = {name for files in _accepted(place, log.entries())[:1] for name in files}
    for name in sorted({FILE_NAME, *recorded, *([BEFORE] if (place / BEFORE).is_file() else [])}):
        if issue := record_issue(place, name):
            yield Violation("C29", name, {"detail": f"{issue.code} {log.path.name}"})


def _accepted(place: Path, entries: Entries) -> list[dict[str, Any]]:
    """
    Hashes of files by name, of the last entry first.

    The entry before it counts too while an edition of the last one is missing: a command that was killed after its
    entry left the files of the window before.
    """
    own = [e["facts"] for e in entries if e["act"] == ACT]
    if not own:
        return []
    is_whole = all((place.parent / plan_id).is_dir() for plan_id in own[-1]["plan_ids"])
    return [facts["files"] for facts in (own[-1:] if is_whole else own[:-3:-1])]
