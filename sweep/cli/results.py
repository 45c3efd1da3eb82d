"""`sweep results`: what teams found, held against their plan, kept for the next run, and written up in the ledger."""

from collections.abc import Mapping, Sequence
from datetime import date
from pathlib import Path

from geodata.errors import InputError, Issue
from sweep.audit.actor import Actor
from sweep.audit.audit_log import log_of_edition
from sweep.audit.hash_chain import Json
from sweep.follow.accept_results import Accepted
from sweep.inputs.earlier_results import plans_with_results
from sweep.inputs.load import load_inputs
from sweep.jobs.replan.edition_history import ids_before, ids_changed_from
from sweep.jobs.results_intake import accepted_results, keep_results
from sweep.jobs.tampering.check_edition_log import approval_on_record_of, open_edition
from sweep.publish.archive.edition_json import MANIFEST, edition_folder
from sweep.records.visits import Recheck
from sweep.scenario.scenario import Scenario
from sweep.terminal.exit_codes import Exit
from sweep.terminal.output import Voice


def results_command(scenario: Scenario, voice: Voice, plan: Path, given: Sequence[Path], actor: Actor) -> Exit:
    """
    Take in the results of a plan; those taken in before for it, or for another by which its day was run, are replaced.

    Parameters
    ----------
    given
        csv or xlsx: a filled-in ledger of the plan, what teams saved from their orders, or tables with the columns of
        `geodata.schema.RESULTS`.

    Raises
    ------
    InputError
        With every fault of the files; nothing is written then.
    """
    folder = edition_folder(plan)
    edition, approval = open_edition(folder), approval_on_record_of(folder)
    if edition.scenario.name != scenario.name:
        raise InputError([Issue("S729", str(folder), {"name": edition.scenario.name, "own": scenario.name})])
    log = log_of_edition(folder)
    log.refuse_damaged()
    ids = ids_before(folder, edition.log)
    before = [open_edition(f) for i in ids if ((f := folder.parent / i) / MANIFEST).is_file()]
    accepted, sha256 = accepted_results(edition, given, date.fromisoformat(actor.at[:10]), before)
    # Read before anything is written: a fault in the scenario leaves no results behind that nobody knows of.
    inputs = load_inputs(scenario)
    known = plans_with_results(scenario)
    of_day = (*ids, *ids_changed_from(folder.parent, {edition.plan_id, *ids}, known))
    facts: dict[str, Json] = {"plan_id": edition.plan_id, "files": {**sha256}, "n": len(accepted.table)}
    kept = keep_results(
        scenario, inputs, accepted, edition.plan_id, voice.texts, lambda: actor.log(log, "results", facts), of_day
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
    voice: Voice, own: Mapping[str, int], due: Sequence[Recheck], accepted: Accepted, files: Sequence[Path]
) -> None:
    texts, unreported = voice.texts, accepted.unreported
    voice.table(texts("command.results"), ("", ""), [(texts(f"ledger.item.{k}"), str(n)) for k, n in own.items()])
    if unreported:
        voice.line("command.results_not_told", n=len(unreported), visits=tuple(unreported[:20]))
    voice.line("command.results_due", n=len(due), first=min((str(r.due_on) for r in due), default="-"))
    voice.line("command.written", files=tuple(map(str, files)))
    if voice.as_json:
        items = [{"recheck_id": r.recheck_id, "building_id": r.building_id, "due_on": str(r.due_on)} for r in due]
        figures = {
            "not_told": list(unreported),
            "unread_columns": {name: list(headers) for name, headers in accepted.unread.items()},
        }
        voice.json({"items": dict(own), "open": items, **figures, "files": [str(f) for f in files]})
