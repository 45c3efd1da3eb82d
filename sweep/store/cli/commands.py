"""The database that several planners share, where a scenario is kept in one."""

from pathlib import Path
from typing import Annotated

import typer

from sweep.terminal.command_decorator import Call, command, group, help_text
from sweep.terminal.deferred import deferred_imports
from sweep.terminal.exit_codes import Exit
from sweep.terminal.options import By, ScenarioPath

with deferred_imports():
    from sweep.store.cli import store
    from sweep.store.postgres import users

app = group("store")
store_app = group("store", "store")
app.add_typer(store_app, rich_help_panel=app.rich_help_panel)

Url = Annotated[str | None, typer.Option(help=help_text("store_url"), metavar="URL")]


@command(store_app, "init", extra="store", example="sweep store init --url postgresql://postgres@/sweep")
def _init(
    call: Call,
    url: Url = None,
    to: Annotated[str | None, typer.Option("--to", help=help_text("store_revision"), metavar="REVISION")] = None,
) -> Exit:
    return store.init_command(call.voice, store.address(url), to)


@command(
    store_app,
    "import",
    extra="store",
    example="sweep store import scenarios/quancheng --by C001",
    changes=("source", "out"),
)
def _import(
    call: Call,
    source: ScenarioPath,
    out: Annotated[Path | None, typer.Option(help=help_text("store_out"), metavar="OUT")] = None,
    over: Annotated[list[str] | None, typer.Option("--over", help=help_text("store_over"), metavar="NAME=REV")] = None,
    delete: Annotated[bool, typer.Option("--delete", help=help_text("store_delete"))] = False,
    url: Url = None,
    by: By = None,
) -> Exit:
    read = call.scenario(source)
    address, actor = store.address(url, read), call.actor(by)
    return store.import_command(read, call.voice, address, out, actor, over, deletes=delete)


@command(
    store_app,
    "export",
    extra="store",
    example="sweep store export copy --name quancheng",
    changes=("folder",),
)
def _export(
    call: Call,
    folder: Annotated[Path, typer.Argument(help=help_text("store_folder"), metavar="FOLDER")],
    scenario_name: Annotated[str | None, typer.Option("--name", help=help_text("store_name"), metavar="NAME")] = None,
    url: Url = None,
) -> Exit:
    return store.export_command(call.voice, store.address(url), folder, scenario_name)


@command(store_app, "status", extra="store", example="sweep store status")
def _status(
    call: Call,
    watch: Annotated[float | None, typer.Option(help=help_text("store_watch"), min=0.0, metavar="SECONDS")] = None,
    url: Url = None,
) -> Exit:
    if watch is not None:
        return store.watch_command(call.voice, store.address(url), watch or None)
    return store.status_command(call.voice, store.address(url))


@command(store_app, "users", extra="store", example="sweep store users --add li --role planner --division 370102")
def _users(
    call: Call,
    add: Annotated[str | None, typer.Option(help=help_text("store_add"), metavar="LOGIN")] = None,
    role: Annotated[list[str] | None, typer.Option(help=help_text("store_role"), metavar="ROLE")] = None,
    division: Annotated[list[str] | None, typer.Option(help=help_text("store_division"), metavar="CODE")] = None,
    remove: Annotated[str | None, typer.Option(help=help_text("store_remove"), metavar="LOGIN")] = None,
    url: Url = None,
) -> Exit:
    user = None if add is None else users.User(add, tuple(role or ()), tuple(division or ()))
    return store.users_command(call.voice, store.address(url), user, remove)
