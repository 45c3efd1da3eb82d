"""`sweep purge`: what is past its time goes, and the log names what went (C30)."""

from __future__ import annotations

import csv
import shutil
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path

from sweep.audit.actor import Actor
from sweep.audit.chain import Json
from sweep.audit.log import log_of_scenario
from sweep.audit.retention import Due, editions_due
from sweep.commands.terminal.exits import Exit
from sweep.commands.terminal.voice import Voice
from sweep.pipeline.inputs.follow_up import CLOSINGS, PREFIX, follow_up_folder
from sweep.scenario.scenario import Scenario

EXPORTS = "exports"


def purge_command(scenario: Scenario, voice: Voice, out: Path, actor: Actor, today: date, *, is_done: bool) -> Exit:
    """
    Remove a scenario's editions, handouts, exports and results that may be kept no longer; or only list them.

    Nothing else is touched: not the inputs, not the audit log, no folder that is not one of the program's own.

    Parameters
    ----------
    scenario
        With its `[retention]`.
    voice
        How to speak.
    out
        The folder of all editions.
    actor
        Who removes them, and when.
    today
        From which ages are counted.
    is_done
        False: nothing is removed.
    """
    log = log_of_scenario(out, scenario.name)
    log.refuse_damaged()
    due = overdue(scenario, out, today)
    for item in due if is_done else ():
        facts: dict[str, Json] = {
            "path": item.path.name,
            "day": item.day.isoformat(),
            "kept_until": item.kept_until.isoformat(),
        }
        # First the line: what is gone must not be gone unseen if the run stops in between.
        actor.log(log, "purge", facts)
        _remove(item.path)
    texts = voice.texts
    header = [texts(f"command.column.{c}") for c in ("path", "day", "kept_until")]
    voice.table(texts("command.purge"), header, [(str(d.path), str(d.day), str(d.kept_until)) for d in due])
    voice.line("command.purged" if is_done else "command.purge_dry", n=len(due))
    if voice.as_json:
        rows = [{"path": str(d.path), "day": str(d.day), "kept_until": str(d.kept_until)} for d in due]
        voice.json({"is_done": is_done, "due": rows})
    return Exit.DONE


def overdue(scenario: Scenario, out: Path, today: date) -> list[Due]:
    """Everything of a scenario that is past its time."""
    editions, keep = out / scenario.name, scenario.retention
    found = [] if editions.is_symlink() else editions_due(editions, today, keep.edition_days)
    found += _exports(editions / EXPORTS, found)
    return found + list(_results(follow_up_folder(scenario), today, keep.results_days))


def _exports(folder: Path, gone: list[Due]) -> Iterator[Due]:
    """Exports bear the id of their plan and go with it."""
    if folder.is_symlink() or not folder.is_dir():
        return
    for path in sorted(folder.iterdir()):
        for edition in gone:
            if path.is_file() and not path.is_symlink() and f"-{edition.path.name}." in path.name:
                yield Due(path, edition.day, edition.kept_until)


def _results(folder: Path, today: date, keep_days: int) -> Iterator[Due]:
    for path in sorted([*folder.glob(f"{PREFIX}*.csv"), *folder.glob(CLOSINGS)]):
        if path.is_symlink() or not path.is_file():
            continue
        with path.open(encoding="utf-8-sig", newline="") as file:
            days = [(row.get("visited_on") or row.get("closed_on") or "")[:10] for row in csv.DictReader(file)]
        last = max((date.fromisoformat(d) for d in days if d), default=None)
        if last is not None and last + timedelta(days=keep_days) < today:
            yield Due(path, last, last + timedelta(days=keep_days))


def _remove(path: Path) -> None:
    if path.is_dir():
        shutil.rmtree(path)
    else:
        path.unlink()
