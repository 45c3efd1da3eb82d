"""`sweep release`: handouts for readers other than police, checked for secrets (C26); `sweep export`: other formats."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from geodata.errors import InputError, Issue
from geodata.message_catalogue import load_texts
from sweep.terminal.command_decorator import CommandCall, Storing, command, group, help_text
from sweep.terminal.deferred_imports import deferred_imports
from sweep.terminal.exit_codes import Exit
from sweep.terminal.options import By, Out, OutElsewhere, PlanPath, ScenarioPath
from sweep.terminal.output import breach_json

with deferred_imports():
    from geodata import atomic_writes
    from geodata.datum import datum_names
    from sweep.audit import audit_log
    from sweep.disk import atomic_files
    from sweep.inputs import load_inputs
    from sweep.jobs import review_and_explain
    from sweep.jobs.verification import check_disclosure
    from sweep.publish.archive import check_editions_against_log as check_edition_log
    from sweep.publish.archive import edition_hash, edition_json_file
    from sweep.publish.exports import export_formats
    from sweep.publish.handouts import handout_contents, redaction
    from sweep.scenario import load_scenario

if TYPE_CHECKING:
    from sweep.audit.hash_chain import Json

app = group("hand_out")


@command(
    app,
    "release",
    sets=True,
    example="sweep release scenarios/quancheng out/quancheng/PLAN_ID --class property",
    storing=Storing.HOLD,
    changes=("plan", "out"),
)
def _release(
    call: CommandCall,
    scenario: ScenarioPath,
    plan: PlanPath,
    class_: Annotated[list[str], typer.Option("--class", help=help_text("class"), metavar="CLASS")],
    out: OutElsewhere = None,
    by: By = None,
) -> Exit:
    """
    Write handouts for classes of readers; write none if one of them would disclose a secret.

    The scenario gives current inputs, so that an investigation opened after the plan is kept secret too.
    """
    read, voice, actor = call.scenario(scenario), call.voice, call.actor(by)
    chosen = _chosen(class_)
    folder = edition_json_file.edition_folder(plan)
    place = edition_json_file.path_below(folder, out)
    atomic_files.refuse_unwritable(place.parent)
    log = audit_log.log_of_edition(folder)
    log.refuse_damaged()
    edition, approval = check_edition_log.open_edition(folder), check_edition_log.approval_on_record_of(folder)
    inputs = load_inputs.load_inputs(read)
    texts = load_texts(edition.scenario.lang)
    made = {c: handout_contents.handout_files(edition, c, texts, approval) for c in chosen}
    breaches = [*check_disclosure.compromised(edition, inputs)]
    for c, files in made.items():
        breaches += check_disclosure.leaks_as_violations(files, edition, inputs, c)
    if breaches:
        voice.breaches(breaches, edition)
        voice.json({"violations": [breach_json(v) for v in breaches]})
        return Exit.RULE_BROKEN
    manifests = {c: handout_contents.handout_manifest(edition, c, files) for c, files in made.items()}
    with atomic_writes.change(place.parent):
        # All handouts are staged before the log records the first, so that an error leaves no record without files.
        written = {
            c: handout_contents.write_handout(manifests[c], files, edition_json_file.sibling_folder(place, c))
            for c, files in made.items()
        }
        for c, files in made.items():
            facts: dict[str, Json] = {"plan_id": edition.plan_id, "class": c, "n_files": len(files)}
            facts |= {"is_approved": approval is not None}
            facts |= {"handout_sha256": edition_hash.manifest_sha256(manifests[c])}
            actor.log(log, "release", facts)
    for paths in written.values():
        voice.line("command.written", files=tuple(map(str, paths)))
    voice.json({"plan_id": edition.plan_id, "files": {c: [str(p) for p in paths] for c, paths in written.items()}})
    return Exit.DONE


def _chosen(classes: Sequence[str]) -> list[redaction.OutputClass]:
    known = [c for c in redaction.OUTPUT_CLASSES if c != "police"]
    if unknown := [c for c in classes if c not in known]:
        raise InputError(Issue("S831", f"--class {c}", {"known": tuple(known)}) for c in unknown)
    return [c for c in known if c in classes]


@command(app, "export", example="sweep export out/quancheng/PLAN_ID --format xlsx --format gpx", changes=("out",))
def _export(
    call: CommandCall,
    plan: PlanPath,
    format_: Annotated[list[str], typer.Option("--format", "-f", help=help_text("format"), metavar="FORMAT")],
    out: Out = Path("out"),
    scenario: Annotated[Path | None, typer.Option(help=help_text("judge_by"), metavar="SCENARIO")] = None,
    datum: Annotated[str, typer.Option(help=help_text("export_datum"), metavar="DATUM")] = "wgs84",
) -> Exit:
    """
    Write a plan to `out`/<scenario>/exports/ in each requested format.

    With `scenario`, the plan may have been edited and is verified against the scenario's inputs; without, it is
    exported as published.
    """
    voice, formats, known = call.voice, format_, tuple(export_formats.FORMATS)
    if unknown := [name for name in formats if name not in export_formats.FORMATS]:
        raise InputError(Issue("S714", f"--format {name}", {"known": known}) for name in unknown)
    if datum not in export_formats.DATUMS:
        raise InputError([Issue("S717", f"--datum {datum}", {"known": tuple(export_formats.DATUMS)})])
    if datum != datum_names.WGS84.name and (
        fixed := [name for name in formats if name not in export_formats.SHIFTABLE]
    ):
        raise InputError(Issue("S718", f"--format {name}", {"known": export_formats.SHIFTABLE}) for name in fixed)
    check_edition_log.refuse_unrecorded(edition_json_file.edition_folder(plan))
    edition = (
        check_edition_log.open_edition(plan)
        if scenario is None
        else review_and_explain.review_plan(load_scenario.load_scenario(scenario, {}, voice.texts), plan)
    )
    if edition.violations:
        voice.breaches(edition.violations, edition)
        voice.json({"violations": [breach_json(v) for v in edition.violations]})
        return Exit.RULE_BROKEN
    voice.texts = texts = load_texts(call.lang or edition.scenario.lang)
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
