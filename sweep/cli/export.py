"""`sweep export`: a plan in the file formats of other programs."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Annotated

import typer

from geodata.errors import InputError, Issue
from geodata.message_catalogue import load_texts
from sweep.terminal.command_decorator import CommandCall, command, group, help_text
from sweep.terminal.deferred import deferred_imports
from sweep.terminal.exit_codes import Exit
from sweep.terminal.options import Out, PlanPath
from sweep.terminal.output import Output, breach_json

with deferred_imports():
    from geodata.datum import datum_names
    from sweep.disk import atomic_files
    from sweep.jobs import judge_plan
    from sweep.jobs.tampering import check_editions_against_log as check_edition_log
    from sweep.publish.archive import edition_json
    from sweep.publish.exports import export_formats
    from sweep.scenario import load_scenario

app = group("hand_out")


def export_command(
    voice: Output,
    plan: Path,
    formats: Sequence[str],
    out: Path,
    scenario: Path | None = None,
    lang: str | None = None,
    datum: str = "wgs84",
) -> Exit:
    """
    Write a plan to `out`/<scenario>/exports/ in each requested format.

    Parameters
    ----------
    plan
        Folder of a published plan; with `scenario`, also an edited plan.json.
    formats
        Format names, keys of `FORMATS`.
    scenario
        Folder of the scenario against whose inputs the plan is verified; None: the plan is exported as published.

    Raises
    ------
    InputError
        S714 for an unknown format, S717 for an unknown datum, S718 for a datum that a format excludes; errors of
        `open_edition` and `review_plan`.
    """
    known = tuple(export_formats.FORMATS)
    if unknown := [name for name in formats if name not in export_formats.FORMATS]:
        raise InputError(Issue("S714", f"--format {name}", {"known": known}) for name in unknown)
    if datum not in export_formats.DATUMS:
        raise InputError([Issue("S717", f"--datum {datum}", {"known": tuple(export_formats.DATUMS)})])
    if datum != datum_names.WGS84.name and (
        fixed := [name for name in formats if name not in export_formats.SHIFTABLE]
    ):
        raise InputError(Issue("S718", f"--format {name}", {"known": export_formats.SHIFTABLE}) for name in fixed)
    check_edition_log.refuse_unrecorded(edition_json.edition_folder(plan))
    edition = (
        check_edition_log.open_edition(plan)
        if scenario is None
        else judge_plan.review_plan(load_scenario.load_scenario(scenario, {}, voice.texts), plan)
    )
    if edition.violations:
        voice.breaches(edition.violations)
        voice.json({"violations": [breach_json(v) for v in edition.violations]})
        return Exit.RULE_BROKEN
    voice.texts = texts = load_texts(lang or edition.scenario.lang)
    approval = check_edition_log.approval_on_record_of(plan)
    exports = [
        export_formats.export_plan(edition, name, texts, approval, export_formats.DATUMS[datum])
        for name in dict.fromkeys(formats)
    ]
    files = atomic_files.write_files(
        {e.name: e.content for e in exports}, out / edition.scenario.name / "exports", out / edition.scenario.name
    )
    voice.line("command.written", files=tuple(map(str, files)))
    voice.json({"plan_id": edition.plan_id, "files": [str(f) for f in files]})
    return Exit.DONE


@command(app, "export", example="sweep export out/quancheng/PLAN_ID --format xlsx --format gpx", changes=("out",))
def _export(
    call: CommandCall,
    plan: PlanPath,
    format_: Annotated[list[str], typer.Option("--format", "-f", help=help_text("format"), metavar="FORMAT")],
    out: Out = Path("out"),
    scenario: Annotated[Path | None, typer.Option(help=help_text("judge_by"), metavar="SCENARIO")] = None,
    datum: Annotated[str, typer.Option(help=help_text("export_datum"), metavar="DATUM")] = "wgs84",
) -> Exit:
    return export_command(call.voice, plan, format_, out, scenario, call.lang, datum)
