"""Entry point of the command `sweep`, with all commands in the order of a working day."""

import io
import sys
from pathlib import Path
from typing import Annotated

import typer
from typer.exceptions import TyperException

from geodata.errors import InputError
from sweep.api.version import version_and_build
from sweep.campaign.cli import campaign
from sweep.cli import (
    approve,
    audit,
    check,
    compare,
    explain,
    init,
    inspection_codes,
    orders,
    purge,
    rank,
    release_and_export,
    replan,
    results,
    rules,
    run,
    serve,
    validate,
    whatif,
)
from sweep.store.cli import store
from sweep.store.cli.run_with_store import with_store
from sweep.terminal.command_decorator import HELP, STORE_CALLBACK, help_text, report_error, texts_of
from sweep.terminal.exit_codes import Exit
from sweep.terminal.next_step import next_step, read_folder_content
from sweep.terminal.output import Output
from sweep.terminal.translated_usage_errors import set_language, typed_language, usage_issue

# Options whose output is read by a program.
_FOR_MACHINES = frozenset({"--json", "--markdown"})

app = typer.Typer(help=help_text("app"), suggest_commands=False, pretty_exceptions_enable=False)
# In the order of a working day, as help and docs list them.
PREPARE, PLAN = (init, validate, rank), (run, whatif, campaign)
JUDGE, HAND_OUT = (check, explain, compare, rules, approve), (inspection_codes, orders, release_and_export)
DAY, AFTERWARDS = (replan, serve), (results, audit, purge)
for module in (*PREPARE, *PLAN, *JUDGE, *HAND_OUT, *DAY, *AFTERWARDS, store):
    app.add_typer(module.app)
STORE_CALLBACK.run = with_store


@app.callback(invoke_without_command=True)
def _alone(
    context: typer.Context,
    version: Annotated[bool, typer.Option("--version", help=help_text("version"))] = False,
) -> None:
    if version:
        typer.echo(f"sweep {version_and_build()}")
        raise typer.Exit
    if context.invoked_subcommand is None:
        typer.echo(context.get_help())
        voice = Output(HELP)
        try:
            step = next_step(read_folder_content(Path()))
        except (InputError, OSError, KeyboardInterrupt) as error:
            raise typer.Exit(report_error(voice, error)) from error
        voice.line(f"command.next.{step.key}", command=step.command)
        raise typer.Exit


set_language(app, HELP)


def _escape_unencodable(*, is_for_machines: bool) -> None:
    """Let output streams escape characters that their encoding lacks; JSON and pages are always UTF-8 (RFC 8259)."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")
    if is_for_machines and isinstance(sys.stdout, io.TextIOWrapper):
        sys.stdout.reconfigure(encoding="utf-8")


def main() -> None:
    """Run the command `sweep` with the arguments of the process, and exit with its exit code."""
    arguments = sys.argv[1:]
    _escape_unencodable(is_for_machines=not _FOR_MACHINES.isdisjoint(arguments))
    voice = Output(texts_of(typed_language(arguments)), as_json="--json" in arguments)
    try:
        code = app(arguments, standalone_mode=False)
    except TyperException as error:
        # A command typed without arguments only asks for its help.
        if type(error).__name__ == "NoArgsIsHelpError":
            typer.echo(error.format_message(), err=True)
        else:
            voice.errors([usage_issue(error, voice.texts)])
        sys.exit(Exit.BAD_INPUT)
    except typer.Abort:
        sys.exit(Exit.STOPPED)
    sys.exit(code if isinstance(code, int) else Exit.DONE)
