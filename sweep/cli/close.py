"""`sweep close`: an item that was found wrong is closed without a visit (销号), with a written reason (C27)."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Annotated

import typer

from geodata.errors import InputError, Issue
from sweep.audit.actor import Actor
from sweep.terminal.command_decorator import Call, Storing, command, group, help_text
from sweep.terminal.deferred import deferred_imports
from sweep.terminal.exit_codes import Exit
from sweep.terminal.options import (
    Out,
    ScenarioPath,
)
from sweep.terminal.output import Voice

with deferred_imports():
    from sweep.audit import audit_log
    from sweep.follow import rechecks
    from sweep.inputs import load
    from sweep.jobs import results_intake
    from sweep.scenario import law
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from sweep.audit.hash_chain import Json
    from sweep.scenario.scenario import Scenario

app = group("afterwards")


def close_command(scenario: Scenario, voice: Voice, out: Path, item_id: str, reason: str, actor: Actor) -> Exit:
    """Close one open item: the next run does not look at it again. S736 if it is not open, S737 for a short reason."""
    if len(reason.strip()) < law.LEAST_REASON:
        raise InputError([Issue("S737", "--reason", {"n": law.LEAST_REASON})])
    log = audit_log.log_of_scenario(out, scenario.name)
    log.refuse_damaged()
    # Read before the lock: of several who close items at once, none waits for another's tables.
    inputs = load.load_inputs(scenario)
    closing = rechecks.Closing(item_id, date.fromisoformat(actor.at[:10]), actor.who, reason.strip())
    facts: dict[str, Json] = {"recheck_id": item_id, "reason": closing.reason}
    kept = results_intake.keep_closing(scenario, inputs, closing, voice.texts, lambda: actor.log(log, "close", facts))
    n_open = sum(item.closed_on is None for item in kept.items)
    voice.line("command.closed", item=item_id, by=actor.who, n=n_open)
    voice.line("command.written", files=tuple(map(str, kept.files)))
    voice.json({"recheck_id": item_id, "closed_on": closing.closed_on.isoformat(), "n_open": n_open})
    return Exit.DONE


@command(
    app,
    "close",
    example=f'sweep close scenarios/quancheng ITEM --by C001 --reason "{help_text("close_reason_example")}"',
    storing=Storing.HOLD,
    changes=("scenario",),
)
def _close(
    call: Call,
    scenario: ScenarioPath,
    item: Annotated[str, typer.Argument(help=help_text("close_item"), metavar="ITEM")],
    by: Annotated[str, typer.Option("--by", help=help_text("by_closer"), metavar="ID")],
    reason: Annotated[str, typer.Option("--reason", help=help_text("close_reason"), metavar="TEXT")],
    out: Out = Path("out"),
) -> Exit:
    return close_command(call.scenario(scenario), call.voice, out, item, reason, call.actor(by))
