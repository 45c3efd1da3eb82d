"""`sweep codes`: filing table for the inspection platform, and import of the codes that it issues."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from geodata.errors import InputError, Issue
from geodata.message_catalogue import load_texts
from sweep.terminal.command_decorator import CommandCall, Storing, command, group, help_text
from sweep.terminal.deferred_imports import deferred_imports
from sweep.terminal.exit_codes import Exit
from sweep.terminal.options import By, OutElsewhere, PlanPath

with deferred_imports():
    from sweep.disk import atomic_files
    from sweep.publish.archive import check_editions_against_log as check_edition_log
    from sweep.publish.archive import edition_json_file
    from sweep.publish.facts import platform_filings
    from sweep.publish.orders import import_inspection_codes
    from sweep.publish.workbook import filing_table

app = group("hand_out")
codes_app = group("hand_out", "codes")
app.add_typer(codes_app, rich_help_panel=app.rich_help_panel)


@command(codes_app, "file", example="sweep codes file out/quancheng/PLAN_ID", changes=("plan", "out"))
def _file(call: CommandCall, plan: PlanPath, out: OutElsewhere = None) -> Exit:
    """Write the filing table of a plan next to its edition; S439 if the plan inspects no firm."""
    voice, folder = call.voice, edition_json_file.edition_folder(plan)
    edition = check_edition_log.open_edition(folder)
    voice.texts = texts = load_texts(call.lang or edition.scenario.lang)
    due = platform_filings.all_filings(edition)
    if not due:
        raise InputError([Issue("S439", str(folder), {})])
    place = edition_json_file.sibling_folder(edition_json_file.path_below(folder, out), "filing")
    files = atomic_files.write_files(filing_table.filing_files(edition, texts), place, place.parent)
    states = [platform_filings.filing_state(edition, f) for f in due]
    counts = {state: states.count(state) for state in ("new", "changed", "kept", "cancelled")}
    voice.line("codes.filed", n=len(due), **counts)
    voice.line("command.written", files=tuple(map(str, files)))
    voice.json({"plan_id": edition.plan_id, "n": len(due), **counts, "files": [str(f) for f in files]})
    return Exit.DONE


@command(
    codes_app,
    "import",
    example="sweep codes import out/quancheng/PLAN_ID codes.xlsx",
    changes=("plan",),
    storing=Storing.HOLD,
)
def _import(
    call: CommandCall,
    plan: PlanPath,
    file: Annotated[Path, typer.Argument(help=help_text("codes_file_arg"), metavar="FILE")],
    by: By = None,
) -> Exit:
    """Store with a plan the inspection codes that the platform issued for it, and show them on its orders."""
    voice, made = call.voice, import_inspection_codes.import_codes(plan, file, call.actor(by))
    voice.line("codes.imported", n=made.n_new, plan_id=made.edition.plan_id)
    if made.n_without:
        voice.line("codes.without", n=made.n_without)
    voice.line("command.written", files=tuple(map(str, made.files)))
    figures = {"n_new": made.n_new, "n_without": made.n_without}
    voice.json({"plan_id": made.edition.plan_id, **figures, "files": [str(f) for f in made.files]})
    return Exit.DONE
