"""The database that several planners share, where a scenario is kept in one."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Annotated

import typer

from geodata.errors import InputError, Issue
from sweep.commands.terminal.call import Call, command, group, help_text
from sweep.commands.terminal.deferred import deferred_imports
from sweep.commands.terminal.exits import Exit
from sweep.commands.typed.options import By, ScenarioPath

with deferred_imports():
    from sweep.commands.wings import store
    from sweep.store.postgres import users

app = group("store")
store_app = group("store", help_key="store")
app.add_typer(store_app, name="store", rich_help_panel=app.rich_help_panel)

Url = Annotated[str | None, typer.Option(help=help_text("store_url"), metavar="URL")]


def _with_packages(work: Callable[[], Exit]) -> Exit:
    """
    Do what needs the store's packages.

    Raises
    ------
    InputError
        S945 if they are not there.
    """
    try:
        return work()
    except ModuleNotFoundError as error:
        raise InputError([Issue("S945", "sweep store", {"package": error.name or "-"})]) from error


@command(store_app, "init", "store_init", example="sweep store init --url postgresql://postgres@/sweep")
def _init(call: Call, url: Url = None) -> Exit:
    return _with_packages(lambda: store.init_command(call.voice, store.address(url)))


@command(store_app, "upgrade", "store_upgrade", example="sweep store upgrade --url postgresql://postgres@/sweep")
def _upgrade(call: Call, url: Url = None) -> Exit:
    return _with_packages(lambda: store.upgrade_command(call.voice, store.address(url)))


@command(
    store_app, "downgrade", "store_downgrade", example="sweep store downgrade 0001 --url postgresql://postgres@/sweep"
)
def _downgrade(
    call: Call,
    revision: Annotated[str, typer.Argument(help=help_text("store_revision"), metavar="REVISION")],
    url: Url = None,
) -> Exit:
    return _with_packages(lambda: store.downgrade_command(call.voice, store.address(url), revision))


@command(
    store_app,
    "import",
    "store_import",
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

    def work() -> Exit:
        address, actor = store.address(url, read), call.actor(by)
        return store.import_command(read, call.voice, address, out, actor, over, deletes=delete)

    return _with_packages(work)


@command(store_app, "export", "store_export", example="sweep store export copy --name quancheng", changes=("folder",))
def _export(
    call: Call,
    folder: Annotated[Path, typer.Argument(help=help_text("store_folder"), metavar="FOLDER")],
    scenario_name: Annotated[str | None, typer.Option("--name", help=help_text("store_name"), metavar="NAME")] = None,
    url: Url = None,
) -> Exit:
    return _with_packages(lambda: store.export_command(call.voice, store.address(url), folder, scenario_name))


@command(store_app, "status", "store_status", example="sweep store status")
def _status(call: Call, url: Url = None) -> Exit:
    return _with_packages(lambda: store.status_command(call.voice, store.address(url)))


@command(store_app, "users", "store_users", example="sweep store users --add li --role planner --division 370102")
def _users(
    call: Call,
    add: Annotated[str | None, typer.Option(help=help_text("store_add"), metavar="LOGIN")] = None,
    role: Annotated[list[str] | None, typer.Option(help=help_text("store_role"), metavar="ROLE")] = None,
    division: Annotated[list[str] | None, typer.Option(help=help_text("store_division"), metavar="CODE")] = None,
    remove: Annotated[str | None, typer.Option(help=help_text("store_remove"), metavar="LOGIN")] = None,
    url: Url = None,
) -> Exit:
    def work() -> Exit:
        user = None if add is None else users.User(add, tuple(role or ()), tuple(division or ()))
        return store.users_command(call.voice, store.address(url), user, remove)

    return _with_packages(work)


@command(store_app, "watch", "store_watch", example="sweep store watch")
def _watch(
    call: Call,
    seconds: Annotated[float | None, typer.Option(help=help_text("store_seconds"), min=0.0)] = None,
    url: Url = None,
) -> Exit:
    return _with_packages(lambda: store.watch_command(call.voice, store.address(url), seconds))
