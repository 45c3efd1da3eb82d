"""`sweep close`: closing of an open item (销号) without another visit, with a written reason (C27)."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from geodata.errors import InputError, Issue
from sweep.terminal.command_decorator import CommandCall, Storing, command, group, help_text
from sweep.terminal.deferred import deferred_imports
from sweep.terminal.exit_codes import Exit
from sweep.terminal.options import Out, ScenarioPath

with deferred_imports():
    from sweep.audit import audit_log
    from sweep.follow import rechecks
    from sweep.inputs import load
    from sweep.jobs import results_intake
    from sweep.scenario import law_settings as law

if TYPE_CHECKING:
    from sweep.audit.hash_chain import Json

app = group("afterwards")


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
    """
    Close an open item, so that no re-check of it is planned.

    Raises
    ------
    InputError
        S736 if the item is not open, S737 if the reason is too short.
    """
    read, voice, actor = call.scenario(scenario), call.voice, call.actor(by)
    if len(reason.strip()) < law.LEAST_REASON:
        raise InputError([Issue("S737", "--reason", {"n": law.LEAST_REASON})])
    log = audit_log.log_of_scenario(out, read.name)
    log.refuse_damaged()
    # Read before the lock, so that concurrent calls do not wait for each other's tables.
    inputs = load.load_inputs(read)
    closing = rechecks.ManualClosing(item, date.fromisoformat(actor.at[:10]), actor.who, reason.strip())
    facts: dict[str, Json] = {"recheck_id": item, "reason": closing.reason}
    kept = results_intake.keep_closing(read, inputs, closing, voice.texts, lambda: actor.log(log, "close", facts))
    n_open = sum(item.closed_on is None for item in kept.items)
    voice.line("command.closed", item=item, by=actor.who, n=n_open)
    voice.line("command.written", files=tuple(map(str, kept.files)))
    voice.json({"recheck_id": item, "closed_on": closing.closed_on.isoformat(), "n_open": n_open})
    return Exit.DONE
