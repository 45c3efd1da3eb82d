"""`sweep approve`: a person says yes to a plan, and its pages stop being drafts."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path

from geodata.errors import InputError, Issue
from geodata.staging import change
from sweep.audit.actor import Actor
from sweep.audit.approval import Approval
from sweep.audit.chain import Head, Json
from sweep.audit.log import log_of_edition
from sweep.commands.terminal.exits import Exit
from sweep.commands.terminal.voice import Voice
from sweep.pipeline.edition_breaches import is_other_than_written
from sweep.publish.archive.approve import approvable_sha256, approve_edition, manifest_texts, read_manifest
from sweep.publish.archive.edition_json import edition_folder


def approve_command(voice: Voice, plan: Path, actor: Actor) -> Exit:
    """
    Approve the edition that a plan file is part of.

    Parameters
    ----------
    voice
        How to speak.
    plan
        The edition's folder, or plan.json in it.
    actor
        Who approves, and when.

    Raises
    ------
    InputError
        What `approvable_sha256` raises, and S818 if the log says that another edition was written here.
    """
    folder = edition_folder(plan)
    with change(folder.parent):
        sha256 = approvable_sha256(folder)
        log = log_of_edition(folder)
        if is_other_than_written(folder):
            raise InputError([Issue("S818", str(folder), {"file": log.path.name})])
        manifest = read_manifest(folder)
        plan_id = str(manifest["plan_id"])
        texts, files = manifest_texts(manifest), list[Path]()

        def stage(head: Head) -> None:
            files.extend(approve_edition(folder, Approval(plan_id, sha256, actor.who, actor.at, str(head)), texts))

        facts: dict[str, Json] = {"plan_id": plan_id, "plan_sha256": sha256, "folder": folder.resolve().name}
        head = actor.log(log, "approve", facts, stage)
    voice.line("command.approved", plan_id=plan_id, by=actor.who, sha256=sha256, head=str(head))
    voice.line("command.written", files=tuple(str(f.relative_to(folder)) for f in files))
    if voice.as_json:
        approval = Approval(plan_id, sha256, actor.who, actor.at, str(head))
        voice.json({**asdict(approval), "files": [str(f) for f in files]})
    return Exit.DONE
