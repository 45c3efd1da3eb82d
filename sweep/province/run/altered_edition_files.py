"""Detection of changed, missing or unlogged files in an edition of a province (C29)."""

from collections.abc import Iterator
from pathlib import Path

from geodata.errors import Code, InputError
from sweep.audit.audit_log import log_of_edition
from sweep.audit.query_edition_entries import recorded_sha256, written_entry
from sweep.province.pages.province_json import JSON, read_province_edition
from sweep.province.records import ProvinceEdition
from sweep.publish.archive.check_editions_against_log import refuse_unrecorded, unrecorded_issue
from sweep.publish.archive.edition_hash import edition_sha256
from sweep.publish.archive.edition_json_file import MANIFEST, read_unchanged
from sweep.publish.archive.verify_edition import changed_files, read_manifest
from sweep.records.plan import Violation


def is_province_edition(folder: Path) -> bool:
    """Return whether a folder holds an edition of a province."""
    return (folder / JSON).is_file()


def open_province_edition(folder: Path) -> ProvinceEdition:
    """
    Read an edition of a province after checking that it is unchanged and logged.

    Raises
    ------
    InputError
        S711 without an edition, S712 if province.json differs from the manifest, S969 if it is unreadable; S803, S817
        or S818 if the edition differs from the audit log.
    """
    refuse_unrecorded(folder)
    read_unchanged(folder, (JSON,))
    return read_province_edition(folder)


def province_breaches(folder: Path) -> Iterator[Violation]:
    """Yield a violation (C29) for each file, and each edition of a county, that differs from manifest or audit log."""
    try:
        manifest = read_manifest(folder)
    except InputError:
        yield Violation("C29", MANIFEST, {"detail": "-"})
        return
    changed = [*changed_files(folder, manifest)]
    changed += [
        f"{name}/{MANIFEST}"
        for name, first in manifest.get("editions", {}).items()
        if not (folder / name / MANIFEST).is_file()
        or edition_sha256(folder / name) != _last_sha256(folder / name, first)
    ]
    yield from (Violation("C29", name, {"detail": "sha256"}) for name in changed)
    issue = unrecorded_issue(folder)
    if issue is not None and (issue.code == Code.UNRECORDED or not changed):
        yield Violation("C29", MANIFEST, {"detail": f"{issue.code} {log_of_edition(folder).path.name}"})


def _last_sha256(folder: Path, first: str) -> str:
    """
    Return the hash of the county's edition in `folder` as last logged: new inspection codes change it.

    `first`: its hash when the province was published, returned if the county's log does not have it.
    """
    known = log_of_edition(folder).entries()
    written = written_entry(known, folder.name)
    is_own = written is not None and written["facts"].get("edition_sha256") == first
    return (recorded_sha256(known, folder.name) if is_own else None) or first
