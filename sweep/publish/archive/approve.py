"""Approval of an edition by a person: written to the audit log first, then shown on the edition's pages."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from geodata.atomic_writes import change
from geodata.errors import InputError, Issue
from sweep.audit.actor import Actor
from sweep.audit.approval import Approval
from sweep.audit.audit_log import AuditLog, log_of_edition
from sweep.audit.hash_chain import Head, Json
from sweep.audit.query_edition_entries import written_entry
from sweep.publish.archive.check_editions_against_log import open_edition
from sweep.publish.archive.edition_json_file import edition_folder
from sweep.publish.archive.verify_edition import approvable_sha256, approve_edition, manifest_texts, read_manifest


def approve(plan: Path, actor: Actor, *, is_on_board: bool = False) -> tuple[Approval, list[Path]]:
    """
    Approve the edition of a plan file; return the approval and the changed files.

    Parameters
    ----------
    plan
        Folder of the edition, or its plan.json.
    is_on_board
        Whether the edition is a change that the board activates on the day; the author of such a change may approve it.

    Raises
    ------
    InputError
        Errors of `approvable_sha256` and `open_edition`; S823 if the actor wrote the edition and its settings require a
        second person.
    """
    folder = edition_folder(plan)
    with change(folder.parent):
        sha256 = approvable_sha256(folder)
        open_edition(folder)
        log = log_of_edition(folder)
        manifest = read_manifest(folder)
        if not is_on_board:
            _refuse_own(folder, manifest, log, actor)
        plan_id = str(manifest["plan_id"])
        texts, files = manifest_texts(manifest), list[Path]()

        def approval(head: Head) -> Approval:
            return Approval(plan_id, sha256, actor.who, actor.at, str(head))

        def stage(head: Head) -> None:
            files.extend(approve_edition(folder, approval(head), texts))

        facts: dict[str, Json] = {"plan_id": plan_id, "plan_sha256": sha256, "folder": folder.resolve().name}
        return approval(actor.log(log, "approve", facts, stage)), files


def _refuse_own(folder: Path, manifest: Mapping[str, Any], log: AuditLog, actor: Actor) -> None:
    """Raise InputError S823 if the actor wrote the edition, unless its `[law] single_approver` is true (C29)."""
    written = written_entry(log.entries(), str(manifest["plan_id"]))
    settings = manifest.get("settings")
    law = settings.get("law") if isinstance(settings, dict) else None
    may_be_own = isinstance(law, dict) and law.get("single_approver") is True
    if written is not None and not may_be_own and str(written["who"]).casefold() == actor.who.casefold():
        raise InputError([Issue("S823", str(folder), {"by": actor.who})])
