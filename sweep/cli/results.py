"""`sweep results` imports the teams' results into the ledger; `sweep close` closes an open item (销号) of it (C27)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from geodata.errors import InputError, Issue
from sweep.terminal.command_decorator import CommandCall, Storing, command, group, help_text
from sweep.terminal.deferred_imports import deferred_imports
from sweep.terminal.exit_codes import Exit
from sweep.terminal.options import By, Out, OutOfPlan, PlanPath, ScenarioPath
from sweep.terminal.output import Output

with deferred_imports():
    from sweep.audit import audit_log
    from sweep.follow import rechecks
    from sweep.inputs import earlier_results, load_inputs
    from sweep.jobs import results_intake
    from sweep.publish.archive import check_editions_against_log as check_edition_log
    from sweep.publish.archive import edition_json_file, plans_before_changes
    from sweep.scenario import law_and_form_settings as law

if TYPE_CHECKING:
    from sweep.audit.hash_chain import Json
    from sweep.follow.accept_results import Accepted
    from sweep.records.visits import Recheck

app = group("afterwards")


@command(
    app,
    "results",
    sets=True,
    example="sweep results scenarios/quancheng out/quancheng/PLAN_ID results.xlsx",
    storing=Storing.HOLD,
    changes=("scenario",),
)
def _results(
    call: CommandCall,
    scenario: ScenarioPath,
    plan: PlanPath,
    file: Annotated[list[Path], typer.Argument(help=help_text("results_file"), metavar="FILE...")],
    out: OutOfPlan = Path("out"),  # noqa: ARG001 - where `latest` is looked for
    by: By = None,
) -> Exit:
    """Import the results of a plan; results of an earlier import for this plan or its day are replaced."""
    read, voice, actor = call.scenario(scenario), call.voice, call.actor(by)
    folder = edition_json_file.edition_folder(plan)
    edition, approval = check_edition_log.open_edition(folder), check_edition_log.approval_on_record_of(folder)
    if edition.scenario.name != read.name:
        raise InputError([Issue("S729", str(folder), {"name": edition.scenario.name, "own": read.name})])
    log = audit_log.log_of_edition(folder)
    log.refuse_damaged()
    ids = plans_before_changes.earlier_plan_ids(folder, edition.log)
    before = [
        check_edition_log.open_edition(f)
        for i in ids
        if ((f := folder.parent / i) / edition_json_file.MANIFEST).is_file()
    ]
    accepted, sha256 = results_intake.accepted_results(edition, file, date.fromisoformat(actor.at[:10]), before)
    # Read before anything is written, so that an error in the scenario leaves no unlogged results.
    inputs = load_inputs.load_inputs(read)
    known = earlier_results.plans_with_results(read)
    of_day = (*ids, *plans_before_changes.ids_derived_from(folder.parent, {edition.plan_id, *ids}, known))
    facts: dict[str, Json] = {"plan_id": edition.plan_id, "files": {**sha256}, "n": len(accepted.table)}
    kept = results_intake.keep_results(
        read, inputs, accepted, edition.plan_id, voice.texts, lambda: actor.log(log, "results", facts), of_day
    )
    if replaced := tuple(i for i in known if i in of_day and i != edition.plan_id):
        voice.line("command.results_replaced", plans=replaced)
    for name, headers in accepted.unread.items():
        voice.line("command.results_unread", file=name, n=len(headers), headers=tuple(headers))
    if approval is None:
        voice.line("command.results_unapproved")
    due = [r for r in kept.items if r.closed_on is None]
    _report(voice, kept.totals[edition.plan_id], due, accepted, kept.files)
    return Exit.DONE


def _report(
    voice: Output, own: Mapping[str, int], due: Sequence[Recheck], accepted: Accepted, files: Sequence[Path]
) -> None:
    texts, unreported = voice.texts, accepted.unreported
    voice.table(texts("command.results"), ("", ""), [(texts(f"ledger.item.{k}"), str(n)) for k, n in own.items()])
    if unreported:
        voice.line("command.results_not_told", n=len(unreported), visits=tuple(unreported[:20]))
    if listed := accepted.uninspected:
        voice.line("command.results_uninspected", n=len(listed), visits=listed[:20])
    voice.line("command.results_due", n=len(due), first=min((str(r.due_on) for r in due), default="-"))
    voice.line("command.written", files=tuple(map(str, files)))
    if voice.as_json:
        items = [{"recheck_id": r.recheck_id, "building_id": r.building_id, "due_on": str(r.due_on)} for r in due]
        figures = {
            "not_told": list(unreported),
            "not_inspected": list(accepted.uninspected),
            "unread_columns": {name: list(headers) for name, headers in accepted.unread.items()},
        }
        voice.json({"items": dict(own), "open": items, **figures, "files": [str(f) for f in files]})


@command(
    app,
    "close",
    example=f'sweep close scenarios/quancheng ITEM --by C001 --reason "{help_text("close_reason_example")}"',
    storing=Storing.HOLD,
    changes=("scenario",),
)
def _close(
    call: CommandCall,
    scenario: ScenarioPath,
    item: Annotated[str, typer.Argument(help=help_text("close_item"), metavar="ITEM")],
    by: Annotated[str, typer.Option("--by", help=help_text("by_closer"), metavar="ID")],
    reason: Annotated[str, typer.Option("--reason", help=help_text("close_reason"), metavar="TEXT")],
    out: Out = Path("out"),
) -> Exit:
    """Close an open re-check item by the decision of an officer, so that no re-check of it is planned."""
    read, voice, actor = call.scenario(scenario), call.voice, call.actor(by)
    if len(reason.strip()) < law.LEAST_REASON:
        raise InputError([Issue("S737", "--reason", {"n": law.LEAST_REASON})])
    log = audit_log.log_of_scenario(out, read.name)
    log.refuse_damaged()
    # Read before the lock, so that concurrent calls do not wait for each other's tables.
    inputs = load_inputs.load_inputs(read)
    closing = rechecks.ManualClosing(item, date.fromisoformat(actor.at[:10]), actor.who, reason.strip())
    facts: dict[str, Json] = {"recheck_id": item, "reason": closing.reason}
    kept = results_intake.keep_closing(read, inputs, closing, voice.texts, lambda: actor.log(log, "close", facts))
    n_open = sum(item.closed_on is None for item in kept.items)
    voice.line("command.closed", item=item, by=actor.who, n=n_open)
    voice.line("command.written", files=tuple(map(str, kept.files)))
    voice.json({"recheck_id": item, "closed_on": closing.closed_on.isoformat(), "n_open": n_open})
    return Exit.DONE
