"""`sweep close`: an item that was found wrong is closed without a visit (销号), with a written reason (C27)."""

from datetime import date
from pathlib import Path

from geodata.errors import InputError, Issue
from sweep.audit.actor import Actor
from sweep.audit.audit_log import log_of_scenario
from sweep.audit.hash_chain import Json
from sweep.follow.rechecks import Closing
from sweep.inputs.load import load_inputs
from sweep.jobs.results_intake import keep_closing
from sweep.scenario.law import LEAST_REASON
from sweep.scenario.scenario import Scenario
from sweep.terminal.exit_codes import Exit
from sweep.terminal.output import Voice


def close_command(scenario: Scenario, voice: Voice, out: Path, item_id: str, reason: str, actor: Actor) -> Exit:
    """Close one open item: the next run does not look at it again. S736 if it is not open, S737 for a short reason."""
    if len(reason.strip()) < LEAST_REASON:
        raise InputError([Issue("S737", "--reason", {"n": LEAST_REASON})])
    log = log_of_scenario(out, scenario.name)
    log.refuse_damaged()
    # Read before the lock: of several who close items at once, none waits for another's tables.
    inputs = load_inputs(scenario)
    closing = Closing(item_id, date.fromisoformat(actor.at[:10]), actor.who, reason.strip())
    facts: dict[str, Json] = {"recheck_id": item_id, "reason": closing.reason}
    kept = keep_closing(scenario, inputs, closing, voice.texts, lambda: actor.log(log, "close", facts))
    n_open = sum(item.closed_on is None for item in kept.items)
    voice.line("command.closed", item=item_id, by=actor.who, n=n_open)
    voice.line("command.written", files=tuple(map(str, kept.files)))
    voice.json({"recheck_id": item_id, "closed_on": closing.closed_on.isoformat(), "n_open": n_open})
    return Exit.DONE
