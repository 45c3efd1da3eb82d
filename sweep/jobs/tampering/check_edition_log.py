"""Breaches of C29: an edition, its approval or a handout that differs from what the log says was written."""

from collections.abc import Iterable, Iterator
from pathlib import Path

from geodata.errors import InputError, Issue
from geodata.regular_file import read_regular
from sweep.audit.approval import FILE_NAME as APPROVAL
from sweep.audit.approval import Approval, holds, read_approval
from sweep.audit.audit_log import log_of_edition
from sweep.audit.edition_entries import (
    Entries,
    approvals_on_record,
    is_approval_on_record,
    released_entry,
    written_entry,
)
from sweep.publish.archive.edition_hash import edition_sha256, handout_sha256
from sweep.publish.archive.edition_json import MANIFEST, edition_folder, read_edition
from sweep.publish.archive.plan_json import FILE_NAME as PLAN
from sweep.publish.archive.verify_edition import changed_files, read_manifest, unlisted_pages, wrongly_marked_pages
from sweep.publish.edition import Edition
from sweep.records.plan import Violation

# The issue of an edition or a handout that no entry of the log records.
UNRECORDED = "S817"


def edition_breaches(folder: Path, *, may_edit_plan: bool = False) -> Iterator[Violation]:
    """
    Breaches of C29 in an edition's folder; none in a folder that is no edition.

    Parameters
    ----------
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
    log = log_of_edition(folder)
    issue = unrecorded_issue(folder, log.entries())
    # A changed file is reported by its own name.
    if issue is not None and (issue.code == UNRECORDED or not changed):
        yield Violation("C29", MANIFEST, {"detail": f"{issue.code} {log.path.name}"})
    if approval is not None:
        plan = read_regular(folder / PLAN) if (folder / PLAN).is_file() else b""
        if not holds(approval, plan):
            yield Violation("C29", PLAN, {"detail": f"sha256 {approval.plan_sha256[:16]} {approval.by} {approval.at}"})
        if approval.plan_id != manifest["plan_id"] or not is_approval_on_record(log.entries(), approval):
            yield Violation("C29", APPROVAL, {"detail": f"{log.path.name} {approval.audit_head[:24]}"})
            return
    for name in wrongly_marked_pages(folder, manifest, approval, approvals_on_record(log.entries())):
        yield Violation("C29", name, {"detail": "mark"})


def changes_since(folder: Path, now: Edition) -> Iterator[Issue]:
    """
    Changes of the inputs since an edition was made: S745 another day, S746 other tables.

    Parameters
    ----------
    folder
        The edition's folder; a folder without a manifest shows no changes.
    """
    if not (folder / MANIFEST).is_file():
        return
    manifest = read_manifest(folder)
    if manifest["day"] != now.scenario.day.isoformat():
        yield Issue("S745", "scenario.toml day", {"then": manifest["day"], "now": now.scenario.day.isoformat()})
    then = {(i["table"], i["file"]): i["sha256"] for i in manifest["inputs"]}
    files = {(i.table, i.file): i.sha256 for i in now.inputs}
    changed = {key for key in then.keys() | files.keys() if then.get(key) != files.get(key)}
    if changed:
        names = tuple(sorted({file for _, file in changed}))
        yield Issue("S746", "scenario.toml [data]", {"files": names})


def handout_changes(folder: Path) -> Iterator[Violation]:
    """Breaches of C29 in a handout: files that are not what was written, or not what the log says was given out."""
    manifest, log = read_manifest(folder), log_of_edition(folder)
    for name in changed_files(folder, manifest):
        yield Violation("C29", name, {"detail": "sha256"})
    entry = released_entry(log.entries(), str(manifest["plan_id"]), str(manifest["output_class"]))
    if entry is None:
        yield Violation("C29", MANIFEST, {"detail": f"{UNRECORDED} {log.path.name}"})
    elif entry["facts"].get("handout_sha256") != handout_sha256(manifest):
        yield Violation("C29", MANIFEST, {"detail": log.path.name})


def unrecorded_issue(folder: Path, entries: Entries | None = None) -> Issue | None:
    """
    Why the audit log does not vouch for an edition or a handout; None if it does.

    S817 no entry records it, S818 the entry of an edition records other bytes.

    Parameters
    ----------
    entries
        Entries of its log, for callers that ask about many folders; None: they are read.

    Raises
    ------
    InputError
        S803 if the manifest cannot be read.
    """
    manifest, log = read_manifest(folder), log_of_edition(folder)
    known = log.entries() if entries is None else entries
    plan_id, output_class = str(manifest["plan_id"]), manifest.get("output_class")
    if output_class is not None:
        entry = released_entry(known, plan_id, str(output_class))
    else:
        entry = written_entry(known, plan_id)
    if entry is None:
        return Issue(UNRECORDED, str(folder), {"file": log.path.name})
    # A handout has a hash of its own, which `handout_changes` compares.
    if output_class is None and entry["facts"].get("edition_sha256") != edition_sha256(folder):
        return Issue("S818", str(folder), {"file": log.path.name})
    return None


def refuse_unrecorded(folder: Path, entries: Entries | None = None) -> None:
    """
    Refuse an edition or a handout that the audit log does not vouch for; a folder without a manifest is neither.

    Raises
    ------
    InputError
        S817, S818, and what `unrecorded_issue` raises.
    """
    if (folder / MANIFEST).is_file() and (issue := unrecorded_issue(folder, entries)):
        raise InputError([issue])


def open_edition(plan: Path) -> Edition:
    """
    The published edition of a folder, for every command that reads one: unchanged, consistent and on record.

    Parameters
    ----------
    plan
        The folder of one plan, or its plan.json.

    Raises
    ------
    InputError
        What `read_edition` and `refuse_unrecorded` raise.
    """
    folder = edition_folder(plan)
    refuse_unrecorded(folder)
    return read_edition(folder)


def approval_on_record_of(plan: Path, entries: Entries | None = None) -> Approval | None:
    """
    The approval of an edition, which must be what the log says was written.

    Parameters
    ----------
    plan
        The edition's folder, or a plan file in it.

    Returns
    -------
    Approval or None
        None where there is none, or where it is of another plan.

    Raises
    ------
    InputError
        S816 if the log has no such approval; S802, S803, and what `refuse_unrecorded` raises.
    """
    folder, file = (plan, plan / PLAN) if plan.is_dir() else (plan.parent, plan)
    log, approval = log_of_edition(folder), read_approval(folder)
    known = log.entries() if entries is None else entries
    refuse_unrecorded(folder, known)
    if approval is None or not holds(approval, read_regular(file)):
        return None
    if not is_approval_on_record(known, approval):
        raise InputError([Issue("S816", str(folder / APPROVAL), {"file": log.path.name})])
    return approval


def approvals_by_plan_id(editions: Iterable[Edition], folders: Iterable[Path]) -> dict[str, Approval]:
    """The approvals of those editions that have one on record, each with its folder; raises as for one of them."""
    found = ((edition, approval_on_record_of(folder)) for edition, folder in zip(editions, folders, strict=True))
    return {edition.plan_id: approval for edition, approval in found if approval}
