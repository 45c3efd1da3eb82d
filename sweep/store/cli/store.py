"""`sweep store`: set-up, import, export, users and notifications of the shared database."""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from geodata.errors import InputError, Issue
from sweep.terminal.command_decorator import CommandCall, command, group, help_text
from sweep.terminal.deferred_imports import deferred_imports
from sweep.terminal.exit_codes import Exit
from sweep.terminal.options import By, ScenarioPath
from sweep.terminal.output import Output
from sweep.terminal.resolve_plan_paths import VARIABLE

with deferred_imports():
    from sweep.records import redact_store_address
    from sweep.store.postgres import connections, notifications, postgres_store, schema_migrations, users
    from sweep.store.sync import import_scenario, local_copy, qgis_project, stored_audit_log

if TYPE_CHECKING:
    from sweep.scenario.scenario import Scenario

app = group("store")
store_app = group("store", "store")
app.add_typer(store_app, rich_help_panel=app.rich_help_panel)

Url = Annotated[str | None, typer.Option(help=help_text("store_url"), metavar="URL")]


def address(given: str | None, scenario: Scenario | None = None) -> str:
    """Return the address of the store: `given` by the option, else from environment or scenario; S949 without one."""
    own = None if scenario is None or scenario.store is None else scenario.store.url
    url = given or os.environ.get(VARIABLE) or own
    if not url:
        raise InputError([Issue("S949", "--url")])
    return url


def status_command(voice: Output, url: str) -> Exit:
    """Print the schema revision of the store, and the data visible to the login."""
    engine = connections.open_engine(url)
    scenarios = []
    for name in notifications.scenarios(engine):
        store = postgres_store.PostgresStore(engine, name, stored_audit_log.next_line)
        listing, chain = store.listing(), store.chain()
        editions = {key.name.partition("/")[0] for key in listing if key.kind == "editions"}
        inputs = sum(key.kind == "inputs" for key in listing)
        scenarios.append((name, store.reader(), inputs, len(editions), chain.count(b"\n")))
    rows = [(name, reader, str(i), str(e), str(lines)) for name, reader, i, e, lines in scenarios]
    header = [voice.texts(f"store.column.{c}") for c in ("scenario", "reader", "inputs", "editions", "lines")]
    voice.line(
        "store.status", url=redact_store_address.redacted_address(url), revision=schema_migrations.revisions()[-1]
    )
    voice.table(voice.texts("store.title"), header, rows)
    if voice.as_json:
        keys = ("name", "reader", "n_inputs", "n_editions", "n_lines")
        own = {"url": redact_store_address.redacted_address(url), "revision": schema_migrations.revisions()[-1]}
        voice.json({**own, "scenarios": [dict(zip(keys, row, strict=True)) for row in scenarios]})
    return Exit.DONE


def watch_command(voice: Output, url: str, for_s: float | None) -> Exit:
    """Print added and changed files of the store as they arrive, for `for_s` seconds (None: until stopped)."""
    for name, key, entry in notifications.watch(
        connections.open_engine(url), stored_audit_log.next_line, for_s, lambda: voice.status_line("store.watching")
    ):
        change = {"scenario": name, "kind": key.kind, "name": key.name, "rev": entry.rev, "by": entry.by}
        voice.line("store.news", **{**change, "kind": voice.texts(f"store.kind.{key.kind}")})
        voice.json(change)
    return Exit.DONE


def _revisions(over: Sequence[str]) -> Mapping[str, str]:
    pairs = [text.rpartition("=") for text in over]
    if bad := [rev for name, _, rev in pairs if not name or not rev]:
        raise InputError(Issue("S113", "--over", {"wanted": "NAME=REV", "command": "sweep store"}) for _ in bad)
    return {name: rev for name, _, rev in pairs}


@command(store_app, "setup", extra="store", example="sweep store setup --url postgresql://postgres@/sweep")
def _setup(
    call: CommandCall,
    url: Url = None,
    to: Annotated[str | None, typer.Option("--to", help=help_text("store_revision"), metavar="REVISION")] = None,
    print_sql: Annotated[bool, typer.Option("--print-sql", help=help_text("store_print_sql"))] = False,
) -> Exit:
    """
    Set up a store: database, PostGIS, roles, schema and QGIS project; or print the SQL (`print_sql`).

    `to`: schema revision to downgrade to, or `base` to remove the schema; None: set up or upgrade to the newest.

    Raises
    ------
    InputError
        S861 if the login is no superuser, S931 if the schema is newer, S944 if the revision is unknown.
    """
    voice, url = call.voice, address(url)
    engine, database = connections.open_engine(url), connections.database_of(url)
    project = qgis_project.project_sql(database, url, voice.texts)
    if print_sql:
        script = schema_migrations.setup_script(database) + project
        voice.json({"sql": script})
        sys.stdout.write("" if voice.as_json else script)
        return Exit.DONE
    changed = ["database"] if connections.create_database(url) else []
    with connections.transaction(engine, is_admin=True) as connection:
        schema_migrations.refuse_setup(connection, url)
        if to is None:
            changed += schema_migrations.init_schema(connection)
            connections.driver_of(connection).execute(project)
        else:
            schema_migrations.downgrade_schema(connection, to)
            changed.append("schema")
    revision = to or schema_migrations.revisions()[-1]
    own = {"url": redact_store_address.redacted_address(url), "revision": revision}
    parts = tuple(voice.texts(f"store.part.{part}") for part in changed)
    voice.line("store.changed" if parts else "store.unchanged", **own, parts=parts)
    voice.json({**own, "changed": changed})
    return Exit.DONE


@command(
    store_app,
    "import",
    extra="store",
    example="sweep store import scenarios/quancheng --by C001",
    changes=("source", "out"),
)
def _import(
    call: CommandCall,
    source: ScenarioPath,
    out: Annotated[Path | None, typer.Option(help=help_text("store_out"), metavar="OUT")] = None,
    over: Annotated[list[str] | None, typer.Option("--over", help=help_text("store_over"), metavar="NAME=REV")] = None,
    delete: Annotated[bool, typer.Option("--delete", help=help_text("store_delete"))] = False,
    url: Url = None,
    by: By = None,
) -> Exit:
    """
    Import a scenario's folder into the store, and print what was written.

    `over`: `NAME=REV` for each file to overwrite, with its stored revision; InputError S113 for a text of another form.
    `out`: folder of all editions. None: `out` in the scenario's folder if that has a sync state, as in an exported
    scenario, else `./out`.
    """
    scenario, voice = call.scenario(source), call.voice
    url, actor = address(url, scenario), call.actor(by)
    # An exported folder contains its editions.
    inside = scenario.folder / "out"
    place = out or (
        inside if local_copy.LocalCopy(scenario.name, scenario.folder, inside).marker.is_file() else Path("out")
    )
    made = import_scenario.import_scenario(url, scenario, place, actor, _revisions(over or ()), deletes=delete)
    voice.line(
        "store.imported",
        name=scenario.name,
        n=len(made.keys),
        rows=made.n_rows,
        url=redact_store_address.redacted_address(url),
    )
    if made.absent:
        voice.line("store.absent", names=tuple(k.name for k in made.absent))
    if voice.as_json:
        own = {"written": [str(k) for k in made.keys], "n_rows": made.n_rows, "absent": [str(k) for k in made.absent]}
        voice.json({"name": scenario.name, **own})
    return Exit.DONE


@command(
    store_app,
    "export",
    extra="store",
    example="sweep store export copy --name quancheng",
    changes=("folder",),
)
def _export(
    call: CommandCall,
    folder: Annotated[Path, typer.Argument(help=help_text("store_folder"), metavar="FOLDER")],
    scenario_name: Annotated[str | None, typer.Option("--name", help=help_text("store_name"), metavar="NAME")] = None,
    url: Url = None,
) -> Exit:
    """Export a scenario to a folder; without `scenario_name` the only one of the store, S941 if it has not just one."""
    voice, url = call.voice, address(url)
    known = notifications.scenarios(connections.open_engine(url)) if scenario_name is None else (scenario_name,)
    if len(known) != 1:
        raise InputError([Issue("S941", "--name", {"url": redact_store_address.redacted_address(url)})])
    n, head = import_scenario.export_scenario(url, known[0], folder)
    voice.line("store.exported", name=known[0], n=n, folder=str(folder), head=head)
    voice.json({"name": known[0], "n_files": n, "folder": str(folder), "head": head})
    return Exit.DONE


@command(store_app, "status", extra="store", example="sweep store status")
def _status(
    call: CommandCall,
    watch: Annotated[float | None, typer.Option(help=help_text("store_watch"), min=0.0, metavar="SECONDS")] = None,
    url: Url = None,
) -> Exit:
    if watch is not None:
        return watch_command(call.voice, address(url), watch or None)
    return status_command(call.voice, address(url))


@command(store_app, "users", extra="store", example="sweep store users --add li --role planner --division 370102")
def _users(
    call: CommandCall,
    add: Annotated[str | None, typer.Option(help=help_text("store_add"), metavar="LOGIN")] = None,
    role: Annotated[list[str] | None, typer.Option(help=help_text("store_role"), metavar="ROLE")] = None,
    division: Annotated[list[str] | None, typer.Option(help=help_text("store_division"), metavar="CODE")] = None,
    remove: Annotated[str | None, typer.Option(help=help_text("store_remove"), metavar="LOGIN")] = None,
    url: Url = None,
) -> Exit:
    """
    Add or change the login `add`, remove the login `remove` (None: neither), then print all logins of the store.

    `role`, `division`: roles of `add`, and codes of the administrative divisions whose records it sees (`*`: all).
    """
    url = address(url)
    with connections.transaction(connections.open_engine(url), is_admin=True) as connection:
        schema_migrations.refuse_other_version(connection, url)
        if add is not None:
            users.add_user(connection, users.User(add, tuple(role or ()), tuple(division or ())))
        if remove is not None:
            users.remove_user(connection, remove)
        logins = users.list_users(connection)
    header = [call.voice.texts(f"store.column.{c}") for c in ("login", "roles", "divisions")]
    call.voice.table(
        call.voice.texts("store.users"), header, [(u.login, " ".join(u.roles), " ".join(u.divisions)) for u in logins]
    )
    call.voice.json({"users": [{"login": u.login, "roles": u.roles, "divisions": u.divisions} for u in logins]})
    return Exit.DONE
