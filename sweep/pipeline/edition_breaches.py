"""What shows that an edition, its approval or a handout is not what the log says was written (C29)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path

from geodata.errors import InputError, Issue
from geodata.regular_file import read_regular
from sweep.audit.approval import FILE_NAME as APPROVAL
from sweep.audit.approval import Approval, holds, read_approval
from sweep.audit.log import log_of_edition
from sweep.audit.on_record import Entries, approvals_on_record, is_approval_on_record, released_entry, written_entry
from sweep.publish.archive.approve import changed_files, read_manifest, unlisted_pages, wrongly_marked_pages
from sweep.publish.archive.edition_json import MANIFEST
from sweep.publish.archive.fingerprint import edition_sha256, handout_sha256
from sweep.publish.archive.plan_json import FILE_NAME as PLAN
from sweep.publish.edition import Edition
from sweep.records.plan import Violation


def edition_breaches(folder: Path, *, may_edit_plan: bool = False) -> Iterator[Violation]:
    """
    Breaches of C29 in an edition's folder; none in a folder that is no edition.

    Parameters
    ----------
    folder
        The edition's folder.
    may_edit_plan
        Whether plan.json of a draft may have been edited by hand since, as where it is judged again by the rules.

    Raises
    ------
    InputError
        If the manifest or the approval cannot be read.
    """
    if not (folder / MANIFEST).is_file():
        return
    manifest, approval = read_manifest(folder), read_approval(folder)
    # An approval of the plan is judged below.
    is_plan_free = may_edit_plan or approval is not None
    changed = [name for name in changed_files(folder, manifest) if name != PLAN or not is_plan_free]
    yield from (Violation("C29", name, {"detail": "sha256"}) for name in changed)
    for name in unlisted_pages(folder, manifest):
        yield Violation("C29", name, {"detail": MANIFEST})
    # Where no file speaks against the manifest, the log does.
    if not changed and is_other_than_written(folder):
        yield Violation("C29", MANIFEST, {"detail": log_of_edition(folder).path.name})
    log = log_of_edition(folder)
    if approval is not None:
        plan = (folder / PLAN).read_bytes() if (folder / PLAN).is_file() else b""
        if not holds(approval, plan):
            yield Violation("C29", PLAN, {"detail": f"sha256 {approval.plan_sha256[:16]} {approval.by} {approval.at}"})
        if approval.plan_id != manifest["plan_id"] or not is_approval_on_record(log.entries(), approval):
            yield Violation("C29", APPROVAL, {"detail": f"{log.path.name} {approval.audit_head[:24]}"})
            return
    for name in wrongly_marked_pages(folder, manifest, approval, approvals_on_record(log.entries())):
        yield Violation("C29", name, {"detail": "mark"})


def handout_changes(folder: Path) -> Iterator[Violation]:
    """Breaches of C29 in a handout: files that are not what was written, or not what the log says was given out."""
    manifest, log = read_manifest(folder), log_of_edition(folder)
    for name in changed_files(folder, manifest):
        yield Violation("C29", name, {"detail": "sha256"})
    entry = released_entry(log.entries(), str(manifest["plan_id"]), str(manifest["output_class"]))
    if entry and entry["facts"].get("handout_sha256") not in (None, handout_sha256(manifest)):
        yield Violation("C29", MANIFEST, {"detail": log.path.name})


def is_unlogged(folder: Path) -> bool:
    """Whether no line of the log wrote an edition, or gave out a handout, that is there."""
    manifest, log = read_manifest(folder), log_of_edition(folder).entries()
    plan_id, output_class = str(manifest["plan_id"]), manifest.get("output_class")
    if output_class is None:
        return written_entry(log, plan_id) is None
    return released_entry(log, plan_id, str(output_class)) is None


def is_other_than_written(folder: Path, entries: Entries | None = None) -> bool:
    """
    Whether the log knows which edition was written here, and it was another; a log of old versions does not.

    Parameters
    ----------
    entries
        What stands in the log, where it is read for many; None: it is read.
    """
    manifest = read_manifest(folder)
    known = log_of_edition(folder).entries() if entries is None else entries
    entry = written_entry(known, str(manifest["plan_id"]))
    return entry is not None and entry["facts"].get("edition_sha256") not in (None, edition_sha256(folder))


def approval_on_record_of(plan: Path, entries: Entries | None = None) -> Approval | None:
    """
    The approval of an edition, which must be what the log says was written.

    Parameters
    ----------
    plan
        The edition's folder, or a plan file in it.
    entries
        What stands in the log, where it is read for many; None: it is read.

    Returns
    -------
    Approval or None
        None where there is none, or where it is of another plan.

    Raises
    ------
    InputError
        S816 if the log does not know the approval, S818 if it knows another edition under this plan's id; S802, S803.
    """
    folder, file = (plan, plan / PLAN) if plan.is_dir() else (plan.parent, plan)
    log, approval = log_of_edition(folder), read_approval(folder)
    known = log.entries() if entries is None else entries
    if (folder / MANIFEST).is_file() and is_other_than_written(folder, known):
        raise InputError([Issue("S818", str(folder), {"file": log.path.name})])
    if approval is None or not holds(approval, read_regular(file)):
        return None
    if not is_approval_on_record(known, approval):
        raise InputError([Issue("S816", str(folder / APPROVAL), {"file": log.path.name})])
    return approval


def approvals_by_plan_id(editions: Iterable[Edition], folders: Iterable[Path]) -> dict[str, Approval]:
    """The approvals of those editions that have one on record, each with its folder; raises as for one of them."""
    found = ((edition, approval_on_record_of(folder)) for edition, folder in zip(editions, folders, strict=True))
    return {edition.plan_id: approval for edition, approval in found if approval}
