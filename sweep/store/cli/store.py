"""`sweep store`: the database that several planners share is set up, filled, written out and watched."""

import os
from collections.abc import Mapping, Sequence
from pathlib import Path

from geodata.errors import InputError, Issue
from sweep.audit.actor import Actor
from sweep.records.store_address import shown
from sweep.scenario.scenario import Scenario
from sweep.store.postgres import schema_migrations, users
from sweep.store.postgres.connections import open_engine, transaction
from sweep.store.postgres.notifications import scenarios, watch
from sweep.store.postgres.postgres_store import PostgresStore
from sweep.store.sync.import_scenario import export_scenario, import_scenario
from sweep.store.sync.local_copy import Mirror
from sweep.store.sync.qgis_project import keep_project
from sweep.store.sync.stored_audit_log import next_line
from sweep.terminal.exit_codes import Exit
from sweep.terminal.output import Voice
from sweep.terminal.path_arguments import VARIABLE


def address(given: str | None, scenario: Scenario | None = None) -> str:
    """The address of the store: as typed, of the environment, or of the scenario; S949 if nothing names one."""
    own = None if scenario is None or scenario.store is None else scenario.store.url
    url = given or os.environ.get(VARIABLE) or own
    if not url:
        raise InputError([Issue("S949", "--url")])
    return url


def init_command(voice: Voice, url: str, revision: str | None) -> Exit:
    """
    Put the schema into a database, or bring the one that is there to this program's or to another revision.

    Parameters
    ----------
    revision
        One that the program knows, or `base` for none; None: the newest.

    Raises
    ------
    InputError
        S944 if there is no such schema.
    """
    with transaction(open_engine(url), is_admin=True) as connection:
        if revision is None:
            schema_migrations.init_schema(connection)
            keep_project(connection, url, voice.texts)
        else:
            schema_migrations.downgrade_schema(connection, revision)
    revision = revision or schema_migrations.revisions()[-1]
    voice.line("store.schema", url=shown(url), revision=revision)
    voice.json({"url": shown(url), "revision": revision})
    return Exit.DONE


def import_command(
    scenario: Scenario,
    voice: Voice,
    url: str,
    out: Path | None,
    actor: Actor,
    over: Sequence[str] | None,
    *,
    deletes: bool,
) -> Exit:
    """Put a scenario's folder into the store; S113 for a revision that is none; what `import_scenario` raises."""
    # The editions of an exported folder are in it.
    inside = scenario.folder / "out"
    place = out or (inside if Mirror(scenario.name, scenario.folder, inside).marker.is_file() else Path("out"))
    made = import_scenario(url, scenario, place, actor, _revisions(over or ()), deletes=deletes)
    voice.line("store.imported", name=scenario.name, n=len(made.keys), rows=made.n_rows, url=shown(url))
    if made.absent:
        voice.line("store.absent", names=tuple(k.name for k in made.absent))
    if voice.as_json:
        own = {"written": [str(k) for k in made.keys], "n_rows": made.n_rows, "absent": [str(k) for k in made.absent]}
        voice.json({"name": scenario.name, **own})
    return Exit.DONE


def export_command(voice: Voice, url: str, folder: Path, name: str | None) -> Exit:
    """Write a scenario of the store into a folder; S941 if no name is given and the store holds not exactly one."""
    known = scenarios(open_engine(url)) if name is None else (name,)
    if len(known) != 1:
        raise InputError([Issue("S941", "--name", {"url": shown(url)})])
    n, head = export_scenario(url, known[0], folder)
    voice.line("store.exported", name=known[0], n=n, folder=str(folder), head=head)
    voice.json({"name": known[0], "n_files": n, "folder": str(folder), "head": head})
    return Exit.DONE


def status_command(voice: Voice, url: str) -> Exit:
    """Say what the store is, and what the login sees of it."""
    engine = open_engine(url)
    found = []
    for name in scenarios(engine):
        store = PostgresStore(engine, name, next_line)
        listing, chain = store.listing(), store.chain()
        editions = {key.name.partition("/")[0] for key in listing if key.kind == "editions"}
        inputs = sum(key.kind == "inputs" for key in listing)
        found.append((name, store.reader(), inputs, len(editions), chain.count(b"\n")))
    rows = [(name, reader, str(i), str(e), str(lines)) for name, reader, i, e, lines in found]
    header = [voice.texts(f"store.column.{c}") for c in ("scenario", "reader", "inputs", "editions", "lines")]
    voice.line("store.status", url=shown(url), revision=schema_migrations.revisions()[-1])
    voice.table(voice.texts("store.title"), header, rows)
    if voice.as_json:
        keys = ("name", "reader", "n_inputs", "n_editions", "n_lines")
        own = {"url": shown(url), "revision": schema_migrations.revisions()[-1]}
        voice.json({**own, "scenarios": [dict(zip(keys, row, strict=True)) for row in found]})
    return Exit.DONE


def users_command(voice: Voice, url: str, add: users.User | None, remove: str | None) -> Exit:
    """List the logins of the store, after one was added, changed or taken away."""
    with transaction(open_engine(url), is_admin=True) as connection:
        if add is not None:
            users.add_user(connection, add)
        if remove is not None:
            users.remove_user(connection, remove)
        found = users.list_users(connection)
    header = [voice.texts(f"store.column.{c}") for c in ("login", "roles", "divisions")]
    voice.table(
        voice.texts("store.users"), header, [(u.login, " ".join(u.roles), " ".join(u.divisions)) for u in found]
    )
    voice.json({"users": [{"login": u.login, "roles": u.roles, "divisions": u.divisions} for u in found]})
    return Exit.DONE


def watch_command(voice: Voice, url: str, for_s: float | None) -> Exit:
    """Print whatever is new in the store, as it comes."""
    for name, key, entry in watch(open_engine(url), next_line, for_s, lambda: voice.aside("store.watching")):
        news = {"scenario": name, "kind": key.kind, "name": key.name, "rev": entry.rev, "by": entry.by}
        voice.line("store.news", **{**news, "kind": voice.texts(f"store.kind.{key.kind}")})
        voice.json(news)
    return Exit.DONE


def _revisions(over: Sequence[str]) -> Mapping[str, str]:
    pairs = [text.rpartition("=") for text in over]
    if bad := [rev for name, _, rev in pairs if not name or not rev]:
        raise InputError(Issue("S113", "--over", {"wanted": "NAME=REV", "command": "sweep store"}) for _ in bad)
    return {name: rev for name, _, rev in pairs}
