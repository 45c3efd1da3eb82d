"""`sweep close`: an item that was found wrong is closed without a visit (销号), with a written reason (C27)."""

from __future__ import annotations

from datetime import date
from pathlib import Path

from geodata.errors import InputError, Issue
from sweep.audit.actor import Actor
from sweep.audit.log import log_of_scenario
from sweep.commands.terminal.exits import Exit
from sweep.commands.terminal.voice import Voice
from sweep.disk.files import write_files
from sweep.follow.rechecks import Closing, follow_rechecks
from sweep.pipeline.inputs.follow_up import CLOSINGS, closings_csv, follow_up_folder, read_closings, read_follow_up
from sweep.pipeline.inputs.load import load_inputs
from sweep.pipeline.results import write_ledger
from sweep.scenario.rules import LEAST_REASON
from sweep.scenario.scenario import Scenario

MOST_NAMED = 10


def close_command(scenario: Scenario, voice: Voice, out: Path, item_id: str, reason: str, actor: Actor) -> Exit:
    """
    Close one open item; the next run does not look at it again.

    Parameters
    ----------
    scenario
        The results are kept in its folder, and the closing beside them.
    voice
        How to speak.
    out
        The folder of all editions: the log is there.
    item_id
        The id of the open item, as `sweep results` and the ledger name it.
    reason
        What shows that nobody need go there.
    actor
        Who closes it, and when.

    Raises
    ------
    InputError
        S736 if no such item is open, S737 if the reason is too short; nothing is written then.
    """
    if len(reason.strip()) < LEAST_REASON:
        raise InputError([Issue("S737", "--reason", {"n": LEAST_REASON})])
    results, _ = read_follow_up(scenario)
    closings, _ = read_closings(scenario)
    is_open = [r.recheck_id for r in follow_rechecks(results, scenario.follow_up, closings) if r.closed_on is None]
    if item_id not in is_open:
        named = ", ".join(is_open[:MOST_NAMED]) + (" ..." if len(is_open) > MOST_NAMED else "")
        raise InputError([Issue("S736", item_id, {"n": len(is_open), "open": named or "-"})])
    log = log_of_scenario(out, scenario.name)
    log.refuse_damaged()
    closing = Closing(item_id, date.fromisoformat(actor.at[:10]), actor.who, reason.strip())
    inputs = load_inputs(scenario)
    files = write_files({CLOSINGS: closings_csv([*closings, closing])}, follow_up_folder(scenario))
    _, _, ledger = write_ledger(scenario, inputs, voice.texts)
    actor.log(log, "close", {"recheck_id": item_id, "reason": closing.reason})
    voice.line("command.closed", item=item_id, by=actor.who, n=len(is_open) - 1)
    voice.line("command.written", files=", ".join(str(f) for f in (*files, ledger)))
    if voice.as_json:
        voice.json({"recheck_id": item_id, "closed_on": closing.closed_on.isoformat(), "n_open": len(is_open) - 1})
    return Exit.DONE
