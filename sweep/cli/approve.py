"""`sweep approve`: a person approves a plan, and its pages stop being drafts."""

from dataclasses import asdict
from pathlib import Path

from sweep.audit.actor import Actor
from sweep.jobs.approve import approve
from sweep.publish.archive.edition_json import edition_folder
from sweep.terminal.exit_codes import Exit
from sweep.terminal.output import Voice


def approve_command(voice: Voice, plan: Path, actor: Actor) -> Exit:
    """Approve the edition that a plan file is part of, and print the approval."""
    made, files = approve(plan, actor)
    voice.line("command.approved", plan_id=made.plan_id, by=made.by, sha256=made.plan_sha256, head=made.audit_head)
    voice.line("command.written", files=tuple(str(f.relative_to(edition_folder(plan))) for f in files))
    if voice.as_json:
        voice.json({**asdict(made), "files": [str(f) for f in files]})
    return Exit.DONE
