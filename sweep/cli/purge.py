"""`sweep purge`: deletion of expired outputs (C30); `sweep backup` and `sweep restore`: their archive."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Mapping
from contextlib import nullcontext
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from geodata.errors import InputError, Issue
from sweep.audit.actor import Actor, chosen_day
from sweep.scenario.find_scenario import SCENARIOS
from sweep.terminal.command_decorator import CommandCall, Storing, command, group, help_text
from sweep.terminal.deferred_imports import deferred_imports
from sweep.terminal.exit_codes import Exit
from sweep.terminal.options import By, Out, ScenarioPath
from sweep.terminal.output import Output, issue_json

with deferred_imports():
    from geodata import atomic_writes
    from sweep.audit import audit_log, retention_period
    from sweep.cli import audit
    from sweep.day.journal import journal_file
    from sweep.disk import formula_safe_csv
    from sweep.inputs import earlier_results
    from sweep.province.model import load_province
    from sweep.publish import outputs_outside_editions
    from sweep.publish.archive import backup

if TYPE_CHECKING:
    from sweep.audit.hash_chain import Json
    from sweep.scenario.release_board_store_settings import Retention

app = group("afterwards")


def purge(
    roots: Mapping[str, Path],
    limits: Retention,
    voice: Output,
    log: audit_log.AuditLog,
    actor: Actor,
    today: date,
    *,
    is_done: bool,
) -> Exit:
    """
    Delete expired outputs if `is_done`, else only list them.

    Inputs, audit log and folders of other programs stay. An output without a date stays too; it is reported (S836),
    with exit code 2.

    Parameters
    ----------
    roots
        Folder of each root that `WRITTEN` (registry of outputs) names.
    limits, today
        Days for which outputs are kept, and the day from which they are counted back.
    """
    log.refuse_damaged()
    all_expired: list[retention_period.ExpiredOutput] = []
    undated: list[retention_period.UndatedOutput] = []
    for root, folder in roots.items():
        # Searched under the lock, so that no other process writes or deletes there.
        with atomic_writes.change(folder) if is_done and folder.is_dir() else nullcontext() as made:
            items = [*overdue(limits, folder, root, today)]
            items += map(retention_period.UndatedOutput, unknown_folders(folder, root))
            undated += (item for item in items if isinstance(item, retention_period.UndatedOutput))
            expired = [item for item in items if isinstance(item, retention_period.ExpiredOutput)]
            if made is not None:
                for item in expired:
                    # The log entry comes first: a stopped run must not leave a deletion without one.
                    actor.log(log, "purge", _facts(item))
                    if item.rows:
                        made.at(item.path).write_text(
                            _without_rows(item), encoding=formula_safe_csv.ENCODING, newline=""
                        )
                    else:
                        made.discard(item.path)
        all_expired += expired
    texts = voice.texts
    header = [texts(f"command.column.{c}") for c in ("path", "day", "kept_until")]
    voice.table(texts("command.purge"), header, [(_where(d), str(d.day), str(d.kept_until)) for d in all_expired])
    voice.line("command.purged" if is_done else "command.purge_dry", n=len(all_expired))
    if voice.as_json:
        rows = [{**_facts(d), "path": str(d.path)} | ({"rows": list(d.rows)} if d.rows else {}) for d in all_expired]
        unknown = [issue_json(issue, texts) for issue in map(_undated_issue, undated)]
        voice.json({"is_done": is_done, "due": rows, "undated": unknown})
    elif undated:
        voice.errors([_undated_issue(item) for item in undated], "command.undated")
    return Exit.BAD_INPUT if undated else Exit.DONE


def overdue(
    limits: Retention, folder: Path, root: str, today: date
) -> list[retention_period.ExpiredOutput | retention_period.UndatedOutput]:
    """
    Return the expired and the undated outputs in a folder, by the retention periods `limits`.

    `root`: key of the folder's kind in the registry of outputs `WRITTEN`, such as `out`. Outputs from which other
    outputs get their day come last.
    """
    if folder.is_symlink():
        return []
    kinds = [kind for kind in reversed(outputs_outside_editions.WRITTEN) if kind.root == root]
    return [
        item
        for kind in kinds
        if kind.kept is not None
        for path in kind.existing_paths(folder)
        for item in _due(kind, path, today, getattr(limits, kind.kept))
    ]


def unknown_folders(folder: Path, root: str) -> list[Path]:
    """
    Return the folders below root `out` whose names the registry of outputs (`WRITTEN`) does not know.

    Links and hidden folders are left out. Other roots have no unknown folders.
    """
    if root != "out" or folder.is_symlink() or not folder.is_dir():
        return []
    kinds = [kind for kind in outputs_outside_editions.WRITTEN if kind.root == root]
    parents = {kind.name.partition("/")[0] for kind in kinds}
    own = [p for p in sorted(folder.iterdir()) if p.is_dir() and not p.is_symlink() and not p.name.startswith(".")]
    return [p for p in own if p.name not in parents and not any(kind.matches(f"{p.name}/") for kind in kinds)]


def _due(
    kind: outputs_outside_editions.OutputKind, path: Path, today: date, keep_days: int
) -> Iterator[retention_period.ExpiredOutput | retention_period.UndatedOutput]:
    days = kind.days_of_rows(path) if kind.days_of_rows is not None else {}
    if days:
        yield from retention_period.due_rows(path, days, today, keep_days)
    elif item := retention_period.expiry_of(path, kind.day_of(path), today, keep_days):
        yield item


def _undated_issue(item: retention_period.UndatedOutput) -> Issue:
    return Issue("S836", _where(item))


def _without_rows(item: retention_period.ExpiredOutput) -> str:
    text = io.StringIO()
    csv.writer(text).writerows(
        row for n, row in enumerate(retention_period.rows_of(item.path), start=1) if n not in item.rows
    )
    return text.getvalue()


def _where(item: retention_period.ExpiredOutput | retention_period.UndatedOutput) -> str:
    return f"{item.path} row {', '.join(map(str, item.rows))}" if item.rows else str(item.path)


def _facts(item: retention_period.ExpiredOutput) -> dict[str, Json]:
    facts: dict[str, Json] = {"path": item.path.name, "day": item.day.isoformat(), "kept_until": str(item.kept_until)}
    return facts | ({"rows": len(item.rows)} if item.rows else {})


@command(
    app,
    "purge",
    sets=True,
    example="sweep purge scenarios/quancheng",
    changes=("scenario", "out"),
    storing=Storing.HOLD,
)
def _purge(
    call: CommandCall,
    scenario: ScenarioPath,
    out: Out = Path("out"),
    yes: Annotated[bool, typer.Option("--yes", help=help_text("purge_yes"))] = False,
    today: Annotated[str | None, typer.Option(help=help_text("today"), metavar="YYYY-MM-DD")] = None,
    by: By = None,
) -> Exit:
    actor = call.actor(by)
    day = chosen_day(today, actor)
    if load_province.is_province(scenario):
        settings = load_province.load_province(scenario, call.voice.texts).settings
        log = audit_log.log_of_scenario(out, settings.name)
        return purge({"out": out / settings.name}, settings.retention, call.voice, log, actor, day, is_done=yes)
    read = call.scenario(scenario)
    roots = {
        "out": out / read.name,
        "follow_up": earlier_results.follow_up_folder(read),
        "board": out / journal_file.FOLDER / read.name,
    }
    log = audit_log.log_of_scenario(out, read.name)
    return purge(roots, read.retention, call.voice, log, actor, day, is_done=yes)


def _verify(out: Path) -> None:
    if issues := audit.audit_issues(out):
        raise InputError(issues)


@command(app, "backup", example="sweep backup monday.tar.gz", changes=("file",), storing=Storing.OWN)
def _backup(
    call: CommandCall,
    file: Annotated[Path, typer.Argument(help=help_text("backup_file"), metavar="FILE")],
    out: Out = Path("out"),
    scenarios: Annotated[Path, typer.Option(help=help_text("backup_scenarios"), metavar="FOLDER")] = Path(SCENARIOS),
    by: By = None,
) -> Exit:
    n = backup.write_backup(file, out, scenarios, _verify, call.actor(by))
    call.voice.line("command.backup_written", file=str(file), n=n, megabytes=round(file.stat().st_size / 1e6, 1))
    call.voice.json({"file": str(file), "n": n, "bytes": file.stat().st_size})
    return Exit.DONE


@command(app, "restore", example="sweep restore monday.tar.gz restored", changes=("folder",), storing=Storing.OWN)
def _restore(
    call: CommandCall,
    file: Annotated[Path, typer.Argument(help=help_text("backup_file"), metavar="FILE")],
    folder: Annotated[Path, typer.Argument(help=help_text("restore_folder"), metavar="FOLDER")],
) -> Exit:
    n = backup.restore_backup(file, folder, _verify)
    call.voice.line("command.backup_restored", folder=str(folder), n=n)
    call.voice.json({"folder": str(folder), "n": n})
    return Exit.DONE
