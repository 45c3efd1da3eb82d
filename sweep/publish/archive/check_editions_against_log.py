"""Checks of C29: an edition, its approval or a handout that differs from the audit log."""

from collections.abc import Iterable, Iterator
from pathlib import Path

from geodata.errors import Code, InputError, Issue
from geodata.regular_file import read_regular
from sweep.audit.approval import FILE_NAME as APPROVAL
from sweep.audit.approval import Approval, is_valid, read_approval
from sweep.audit.audit_log import log_of_edition
from sweep.audit.query_edition_entries import (
    Entries,
    approvals_on_record,
    is_approval_on_record,
    recorded_sha256,
    released_entry,
    written_entry,
)
from sweep.publish.archive.edition_hash import edition_sha256, manifest_sha256
from sweep.publish.archive.edition_json_file import MANIFEST, edition_folder, read_edition
from sweep.publish.archive.plan_json import FILE_NAME as PLAN
from sweep.publish.archive.verify_edition import changed_files, read_manifest, unlisted_pages, wrongly_marked_pages
from sweep.publish.edition import Edition
from sweep.records.plan import Violation


def edition_breaches(folder: Path, *, may_edit_plan: bool = False) -> Iterator[Violation]:
    """
    Yield a violation of C29 for each difference of an edition's files from its manifest, approval or audit log.

    A folder without a manifest is no edition and has no violations. `may_edit_plan`: whether a changed plan.json of a
    draft is no violation, since a person may edit it.

    Raises
    ------
    InputError
        If manifest or approval cannot be read.
    """
    if not (folder / MANIFEST).is_file():
        return
    manifest, approval = read_manifest(folder), read_approval(folder)
    # The approval is checked against the plan below.
    is_plan_free = may_edit_plan or approval is not None
    changed = [name for name in changed_files(folder, manifest) if name != PLAN or not is_plan_free]
    yield from (Violation("C29", name, {"detail": "sha256"}) for name in changed)
    for name in unlisted_pages(folder, manifest):
        yield Violation("C29", name, {"detail": MANIFEST})
    log = log_of_edition(folder)
    issue = unrecorded_issue(folder, log.entries())
    # A changed file is reported under its own name.
    if issue is not None and (issue.code == Code.UNRECORDED or not changed):
        yield Violation("C29", MANIFEST, {"detail": f"{issue.code} {log.path.name}"})
    if approval is not None:
        plan = read_regular(folder / PLAN) if (folder / PLAN).is_file() else b""
        if not is_valid(approval, plan):
            yield Violation("C29", PLAN, {"detail": f"sha256 {approval.plan_sha256[:16]} {approval.by} {approval.at}"})
        if approval.plan_id != manifest["plan_id"] or not is_approval_on_record(log.entries(), approval):
            yield Violation("C29", APPROVAL, {"detail": f"{log.path.name} {approval.audit_head[:24]}"})
            return
    for name in wrongly_marked_pages(folder, manifest, approval, approvals_on_record(log.entries())):
        yield Violation("C29", name, {"detail": "mark"})


def changes_since(folder: Path, now: Edition) -> Iterator[Issue]:
    """
    Yield issues on inputs changed since an edition: S745 if the day has changed, one S746 with all changed files.

    `folder`: folder of the edition; without a manifest there are no changes. `now`: edition made from the present
    inputs.
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
    """Yield violations of C29 in a handout: changed files, or a manifest that differs from the audit log."""
    manifest, log = read_manifest(folder), log_of_edition(folder)
    for name in changed_files(folder, manifest):
        yield Violation("C29", name, {"detail": "sha256"})
    entry = released_entry(log.entries(), str(manifest["plan_id"]), str(manifest["output_class"]))
    if entry is None:
        yield Violation("C29", MANIFEST, {"detail": f"{Code.UNRECORDED} {log.path.name}"})
    elif entry["facts"].get("handout_sha256") != manifest_sha256(manifest):
        yield Violation("C29", MANIFEST, {"detail": log.path.name})


def unrecorded_issue(folder: Path, entries: Entries | None = None) -> Issue | None:
    """
    Return the issue if an edition or a handout differs from the audit log, else None.

    S817 if the log has no entry on it; S818 if an edition's files do not have the hash in the last entry on the
    edition. `entries`: entries of the audit log, for callers with many folders; None: the log is read.

    Raises
    ------
    InputError
        S803 if the manifest cannot be read.
    """
    manifest, log = read_manifest(folder), log_of_edition(folder)
    known = log.entries() if entries is None else entries
    plan_id, output_class = str(manifest["plan_id"]), manifest.get("output_class")
    if output_class is not None:
        is_known = released_entry(known, plan_id, str(output_class)) is not None
    else:
        is_known = written_entry(known, plan_id) is not None
    if not is_known:
        return Issue(Code.UNRECORDED, str(folder), {"file": log.path.name})
    # A handout has its own hash, which `handout_changes` compares.
    if output_class is None and recorded_sha256(known, plan_id) != edition_sha256(folder):
        return Issue("S818", str(folder), {"file": log.path.name})
    return None


def refuse_unrecorded(folder: Path, entries: Entries | None = None) -> None:
    """
    Raise InputError (S803, S817 or S818) if an edition or a handout with a manifest differs from the audit log.

    `entries`: entries of the audit log; None: the log is read.
    """
    if (folder / MANIFEST).is_file() and (issue := unrecorded_issue(folder, entries)):
        raise InputError([issue])


def open_edition(plan: Path) -> Edition:
    """
    Return the published edition of a folder, after checking that it is unchanged, consistent and logged.

    `plan`: folder of one plan, or its plan.json.

    Raises
    ------
    InputError
        Errors of `read_edition` and `refuse_unrecorded`.
    """
    folder = edition_folder(plan)
    refuse_unrecorded(folder)
    return read_edition(folder)


def approval_on_record_of(plan: Path, entries: Entries | None = None) -> Approval | None:
    """
    Return the approval of an edition, which must agree with the audit log.

    Parameters
    ----------
    plan
        Folder of the edition, or a plan file in it.
    entries
        Entries of the audit log; None: read from the log of the edition.

    Returns
    -------
    Approval or None
        None without an approval, or if it belongs to another plan.

    Raises
    ------
    InputError
        S816 if the log has no such approval; S802, S803, and the errors of `refuse_unrecorded`.
    """
    folder, file = (plan, plan / PLAN) if plan.is_dir() else (plan.parent, plan)
    log, approval = log_of_edition(folder), read_approval(folder)
    known = log.entries() if entries is None else entries
    refuse_unrecorded(folder, known)
    if approval is None or not is_valid(approval, read_regular(file)):
        return None
    if not is_approval_on_record(known, approval):
        raise InputError([Issue("S816", str(folder / APPROVAL), {"file": log.path.name})])
    return approval


def approvals_by_plan_id(editions: Iterable[Edition], folders: Iterable[Path]) -> dict[str, Approval]:
    """
    Return the approvals of editions by plan id; an edition without approval has no entry.

    `folders`: folder of each edition, in the same order. InputError if an approval contradicts the audit log.
    """
    pairs = ((edition, approval_on_record_of(folder)) for edition, folder in zip(editions, folders, strict=True))
    return {edition.plan_id: approval for edition, approval in pairs if approval}
