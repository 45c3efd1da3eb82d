"""`sweep purge`: what is past its time goes, and the log names what went (C30)."""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping
from contextlib import nullcontext
from datetime import date
from pathlib import Path

from geodata.staging import change
from sweep.audit.actor import Actor
from sweep.audit.chain import Json
from sweep.audit.log import AuditLog, log_of_scenario
from sweep.audit.retention import Due, due, due_rows, rows_of
from sweep.commands.terminal.exits import Exit
from sweep.commands.terminal.voice import Voice
from sweep.day.journal.file import FOLDER
from sweep.disk.csv_text import ENCODING
from sweep.pipeline.inputs.follow_up import follow_up_folder
from sweep.province.province import load_province
from sweep.publish.outputs import WRITTEN, Written
from sweep.scenario.papers import Retention
from sweep.scenario.scenario import Scenario


def purge_command(scenario: Scenario, voice: Voice, out: Path, actor: Actor, today: date, *, is_done: bool) -> Exit:
    """Remove whatever the program has written for a scenario and may be kept no longer, or only list it: `purge`."""
    roots = {
        "out": out / scenario.name,
        "follow_up": follow_up_folder(scenario),
        "board": out / FOLDER / scenario.name,
    }
    log = log_of_scenario(out, scenario.name)
    return purge(roots, scenario.retention, voice, log, actor, today, is_done=is_done)


def purge_province_command(voice: Voice, path: Path, out: Path, actor: Actor, today: date, *, is_done: bool) -> Exit:
    """
    The same for a province: its editions with all that its counties have in them, and their results.

    Raises
    ------
    InputError
        With the faults of province.toml.
    """
    settings = load_province(path, voice.texts).settings
    log = log_of_scenario(out, settings.name)
    return purge({"out": out / settings.name}, settings.retention, voice, log, actor, today, is_done=is_done)


def purge(
    roots: Mapping[str, Path],
    retention: Retention,
    voice: Voice,
    log: AuditLog,
    actor: Actor,
    today: date,
    *,
    is_done: bool,
) -> Exit:
    """
    Remove what may be kept no longer; or only list it.

    Nothing else is touched: not the inputs, not the audit log, no folder that is not one of the program's own.

    Parameters
    ----------
    roots
        Folders by root of `WRITTEN`.
    retention
        How long it is kept.
    voice
        How to speak.
    log
        Names what went.
    actor
        Who removes them, and when.
    today
        From which ages are counted.
    is_done
        False: nothing is removed.
    """
    log.refuse_damaged()
    gone: list[Due] = []
    for root, folder in roots.items():
        # Looked for once nobody else can write there, or remove the same.
        with change(folder) if is_done and folder.is_dir() else nullcontext() as made:
            found = overdue(retention, folder, root, today)
            if made is not None:
                for item in found:
                    # First the line: what is gone must not be gone unseen if the run stops in between.
                    actor.log(log, "purge", _facts(item))
                    if item.rows:
                        made.at(item.path).write_text(_without_rows(item), encoding=ENCODING, newline="")
                    else:
                        made.discard(item.path)
        gone += found
    texts = voice.texts
    header = [texts(f"command.column.{c}") for c in ("path", "day", "kept_until")]
    voice.table(texts("command.purge"), header, [(_where(d), str(d.day), str(d.kept_until)) for d in gone])
    voice.line("command.purged" if is_done else "command.purge_dry", n=len(gone))
    if voice.as_json:
        rows = [{**_facts(d), "path": str(d.path)} | ({"rows": list(d.rows)} if d.rows else {}) for d in gone]
        voice.json({"is_done": is_done, "due": rows})
    return Exit.DONE


def overdue(retention: Retention, folder: Path, root: str, today: date) -> list[Due]:
    """Everything past its time in a folder that is one of the roots of `WRITTEN`; what dates others comes last."""
    if folder.is_symlink():
        return []
    kinds = [kind for kind in reversed(WRITTEN) if kind.root == root]
    found = (
        _due(kind, path, today, getattr(retention, kind.kept))
        for kind in kinds
        if kind.kept is not None
        for path in kind.found(folder)
    )
    return [item for item in found if item is not None]


def _due(kind: Written, path: Path, today: date, keep_days: int) -> Due | None:
    days = kind.days_of_rows(path) if kind.days_of_rows is not None else {}
    return due_rows(path, days, today, keep_days) if days else due(path, kind.day_of(path), today, keep_days)


def _without_rows(item: Due) -> str:
    """The table without the rows that are due; the others stay as they are, cells too few or too many as well."""
    text = io.StringIO()
    csv.writer(text).writerows(row for n, row in enumerate(rows_of(item.path), start=1) if n not in item.rows)
    return text.getvalue()


def _where(item: Due) -> str:
    return f"{item.path} row {', '.join(map(str, item.rows))}" if item.rows else str(item.path)


def _facts(item: Due) -> dict[str, Json]:
    facts: dict[str, Json] = {"path": item.path.name, "day": item.day.isoformat(), "kept_until": str(item.kept_until)}
    return facts | ({"rows": len(item.rows)} if item.rows else {})
