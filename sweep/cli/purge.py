"""`sweep purge`: what is past its time goes, and the log names what went (C30)."""

import csv
import io
from collections.abc import Iterator, Mapping
from contextlib import nullcontext
from datetime import date
from pathlib import Path

from geodata.atomic_writes import change
from geodata.errors import Issue
from sweep.audit.actor import Actor
from sweep.audit.audit_log import AuditLog, log_of_scenario
from sweep.audit.hash_chain import Json
from sweep.audit.retention import Due, Undated, due, due_rows, rows_of
from sweep.day.journal.journal_file import FOLDER
from sweep.disk.csv_text import ENCODING
from sweep.inputs.earlier_results import follow_up_folder
from sweep.province.model.load_province import load_province
from sweep.publish.output_registry import WRITTEN, Written
from sweep.scenario.release_and_retention import Retention
from sweep.scenario.scenario import Scenario
from sweep.terminal.exit_codes import Exit
from sweep.terminal.output import Voice, issue_json


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
    """The same for a province: its editions with all that its counties have in them, and their results."""
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

    Nothing else is touched: not the inputs, not the audit log, no folder that is not one of the program's own. What has
    no day is reported (S836) with exit code 2, and stays.

    Parameters
    ----------
    roots
        Folders by root of `WRITTEN`.
    """
    log.refuse_damaged()
    gone: list[Due] = []
    undated: list[Undated] = []
    for root, folder in roots.items():
        # Looked for once nobody else can write there, or remove the same.
        with change(folder) if is_done and folder.is_dir() else nullcontext() as made:
            items = [*overdue(retention, folder, root, today), *map(Undated, unknown_folders(folder, root))]
            undated += (item for item in items if isinstance(item, Undated))
            found = [item for item in items if isinstance(item, Due)]
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
        unknown = [issue_json(issue, texts) for issue in map(_undated_issue, undated)]
        voice.json({"is_done": is_done, "due": rows, "undated": unknown})
    elif undated:
        voice.faults([_undated_issue(item) for item in undated], "command.undated")
    return Exit.BAD_INPUT if undated else Exit.DONE


def overdue(retention: Retention, folder: Path, root: str, today: date) -> list[Due | Undated]:
    """Everything past its time or without a day in a folder of a root of `WRITTEN`; what dates others comes last."""
    if folder.is_symlink():
        return []
    kinds = [kind for kind in reversed(WRITTEN) if kind.root == root]
    return [
        item
        for kind in kinds
        if kind.kept is not None
        for path in kind.found(folder)
        for item in _due(kind, path, today, getattr(retention, kind.kept))
    ]


def unknown_folders(folder: Path, root: str) -> list[Path]:
    """Folders whose name is none of `WRITTEN`, as that of a renamed edition; links and hidden ones are left alone."""
    if root != "out" or folder.is_symlink() or not folder.is_dir():
        return []
    kinds = [kind for kind in WRITTEN if kind.root == root]
    parents = {kind.name.partition("/")[0] for kind in kinds}
    own = [p for p in sorted(folder.iterdir()) if p.is_dir() and not p.is_symlink() and not p.name.startswith(".")]
    return [p for p in own if p.name not in parents and not any(kind.is_of(f"{p.name}/") for kind in kinds)]


def _due(kind: Written, path: Path, today: date, keep_days: int) -> Iterator[Due | Undated]:
    days = kind.days_of_rows(path) if kind.days_of_rows is not None else {}
    if days:
        yield from due_rows(path, days, today, keep_days)
    elif item := due(path, kind.day_of(path), today, keep_days):
        yield item


def _undated_issue(item: Undated) -> Issue:
    return Issue("S836", _where(item))


def _without_rows(item: Due) -> str:
    """The table without the rows that are due; the others stay as they are, cells too few or too many as well."""
    text = io.StringIO()
    csv.writer(text).writerows(row for n, row in enumerate(rows_of(item.path), start=1) if n not in item.rows)
    return text.getvalue()


def _where(item: Due | Undated) -> str:
    return f"{item.path} row {', '.join(map(str, item.rows))}" if item.rows else str(item.path)


def _facts(item: Due) -> dict[str, Json]:
    facts: dict[str, Json] = {"path": item.path.name, "day": item.day.isoformat(), "kept_until": str(item.kept_until)}
    return facts | ({"rows": len(item.rows)} if item.rows else {})
