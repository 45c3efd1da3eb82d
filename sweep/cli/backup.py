"""`sweep backup` and `sweep restore`: editions, follow-up, audit logs and journals in one archive, and back."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from geodata.errors import InputError
from sweep.scenario.scenario_path import SCENARIOS
from sweep.terminal.command_decorator import CommandCall, Storing, command, group, help_text
from sweep.terminal.deferred import deferred_imports
from sweep.terminal.exit_codes import Exit
from sweep.terminal.options import Out

with deferred_imports():
    from sweep.cli import audit
    from sweep.jobs import backup

app = group("afterwards")


def _verify(out: Path) -> None:
    """Raise InputError with the errors that `sweep audit` finds in a folder of editions."""
    if faults := audit.audit_faults(out):
        raise InputError(faults)


@command(app, "backup", example="sweep backup /backup/monday.tar.gz", changes=("file",), storing=Storing.OWN)
def _backup(
    call: CommandCall,
    file: Annotated[Path, typer.Argument(help=help_text("backup_file"), metavar="FILE")],
    out: Out = Path("out"),
    scenarios: Annotated[Path, typer.Option(help=help_text("backup_scenarios"), metavar="FOLDER")] = Path(SCENARIOS),
) -> Exit:
    n = backup.write_backup(file, out, scenarios, _verify)
    call.voice.line("command.backup_written", file=str(file), n=n, megabytes=round(file.stat().st_size / 1e6, 1))
    call.voice.json({"file": str(file), "n": n, "bytes": file.stat().st_size})
    return Exit.DONE


@command(
    app, "restore", example="sweep restore /backup/monday.tar.gz restored", changes=("folder",), storing=Storing.OWN
)
def _restore(
    call: CommandCall,
    file: Annotated[Path, typer.Argument(help=help_text("backup_file"), metavar="FILE")],
    folder: Annotated[Path, typer.Argument(help=help_text("restore_folder"), metavar="FOLDER")],
) -> Exit:
    n = backup.restore_backup(file, folder, _verify)
    call.voice.line("command.backup_restored", folder=str(folder), n=n)
    call.voice.json({"folder": str(folder), "n": n})
    return Exit.DONE
