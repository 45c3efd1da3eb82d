"""`sweep approve`: approval of a plan by a person, after which its pages are no longer drafts."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer

from sweep.terminal.command_decorator import CommandCall, Storing, command, group, help_text
from sweep.terminal.deferred_imports import deferred_imports
from sweep.terminal.exit_codes import Exit
from sweep.terminal.options import OutOfPlan, PlanPath

with deferred_imports():
    from sweep.publish.archive import approve, edition_json_file, verify_edition

app = group("judge")


@command(
    app, "approve", example="sweep approve out/quancheng/PLAN_ID --by C001", changes=("plan",), storing=Storing.APPROVE
)
def _approve(
    call: CommandCall,
    plan: PlanPath,
    by: Annotated[str, typer.Option("--by", help=help_text("by_approver"), metavar="ID")],
    out: OutOfPlan = Path("out"),  # noqa: ARG001 - where `latest` is looked for
) -> Exit:
    """Approve the edition to which a plan file belongs, and print the approval."""
    voice, folder = call.voice, edition_json_file.edition_folder(plan)
    if call.lang is None:
        voice.texts = verify_edition.manifest_texts(verify_edition.read_manifest(folder))
    made, files = approve.approve(plan, call.actor(by))
    voice.line("command.approved", plan_id=made.plan_id, by=made.by, sha256=made.plan_sha256, head=made.audit_head)
    voice.line("command.written", files=tuple(str(f.relative_to(folder)) for f in files))
    voice.json({**asdict(made), "files": [str(f) for f in files]})
    return Exit.DONE
