"""What `sweep check` sees of an edition beyond its plan: an approval that no longer holds, pages tampered with."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from sweep.audit.approval import holds, read_approval
from sweep.audit.chain import holds_head, parse_head
from sweep.audit.log import log_of_edition
from sweep.publish.archive.approve import changed_files, read_manifest, undrafted_pages
from sweep.publish.archive.edition_json import MANIFEST
from sweep.publish.archive.plan_json import FILE_NAME as PLAN
from sweep.records.plan import Violation


def edition_breaches(folder: Path) -> Iterator[Violation]:
    """
    Breaches of C29 in an edition's folder; none in a folder that is no edition.

    Raises
    ------
    InputError
        If the manifest or the approval cannot be read.
    """
    if not (folder / MANIFEST).is_file():
        return
    manifest, approval = read_manifest(folder), read_approval(folder)
    changed = changed_files(folder, manifest)
    for name in changed:
        if name != PLAN:  # which may be edited by hand and judged again; an approval of it is judged below
            yield Violation("C29", name, {"detail": "sha256"})
    if approval is None:
        for name in undrafted_pages(folder, manifest):
            yield Violation("C29", name, {"detail": "draft mark"})
        return
    if not holds(approval, (folder / PLAN).read_bytes()):
        yield Violation("C29", PLAN, {"detail": f"sha256 {approval.plan_sha256[:16]} {approval.by} {approval.at}"})
    log, head = log_of_edition(folder), parse_head(approval.audit_head)
    if head is None or head.n < 1 or not holds_head(log.content(), head):
        yield Violation("C29", "approval.json", {"detail": f"{log.path.name} {approval.audit_head[:24]}"})
