"""`sweep approve`: a person says yes to a plan, and its pages stop being drafts."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path

from geodata.staging import change
from sweep.audit.actor import Actor
from sweep.audit.approval import Approval
from sweep.audit.log import log_of_edition
from sweep.commands.terminal.exits import Exit
from sweep.commands.terminal.voice import Voice
from sweep.pipeline.edition_breaches import open_edition
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
        What `approvable_sha256` and `open_edition` raise.
    """
    folder = edition_folder(plan)
    with change(folder.parent):
        sha256 = approvable_sha256(folder)
        open_edition(folder)
        log = log_of_edition(folder)
        manifest = read_manifest(folder)
        plan_id = str(manifest["plan_id"])
        facts = {"plan_id": plan_id, "plan_sha256": sha256, "folder": folder.resolve().name}
        head = actor.log(log, "approve", facts)
        approval = Approval(plan_id, sha256, actor.who, actor.at, str(head))
        files = approve_edition(folder, approval, manifest_texts(manifest))
    voice.line("command.approved", plan_id=plan_id, by=actor.who, sha256=sha256, head=str(head))
    voice.line("command.written", files=tuple(str(f.relative_to(folder)) for f in files))
    if voice.as_json:
        voice.json({**asdict(approval), "files": [str(f) for f in files]})
    return Exit.DONE
