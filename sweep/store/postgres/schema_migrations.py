"""Schema revision of the store, its set-up and its migration."""

import io
from functools import cache
from importlib import resources

from alembic import command
from alembic.config import Config
from alembic.script import ScriptDirectory
from psycopg import sql
from sqlalchemy import Connection, text

from geodata.errors import InputError, Issue
from sweep.records.redact_store_address import redacted_address
from sweep.store.postgres.migrations.run_sql_file import execute_text, sql_text

BASE = "base"
CREATE_DATABASE = "CREATE DATABASE {} TEMPLATE template0 ENCODING 'UTF8'"
CREATE_EXTENSION = "CREATE EXTENSION IF NOT EXISTS postgis;"
_READ_REVISION = "GRANT SELECT ON sweep.alembic_version TO PUBLIC;"
_STATE = text(
    "SELECT (SELECT count(*) FROM pg_extension WHERE extname = 'postgis') AS postgis, "
    "(SELECT count(*) FROM pg_roles WHERE rolname LIKE 'sweep\\_%' AND NOT rolcanlogin) AS roles"
)


@cache
def revisions() -> tuple[str, ...]:
    """Return all schema revisions known to this program, oldest first."""
    steps = ScriptDirectory.from_config(_config()).walk_revisions()
    return tuple(reversed([step.revision for step in steps]))


def current_revision(connection: Connection) -> str | None:
    """Return the schema revision of the database; None without a schema."""
    if connection.execute(text("SELECT to_regclass('sweep.alembic_version')")).scalar() is None:
        return None
    revision = connection.execute(text("SELECT version_num FROM sweep.alembic_version")).scalar()
    return str(revision) if revision is not None else None


def refuse_other_version(connection: Connection, url: str) -> None:
    """Raise InputError for another schema revision: S930 without one, S931 if newer, S932 if older."""
    known, there = revisions(), current_revision(connection)
    if there is None:
        raise InputError([Issue("S930", redacted_address(url))])
    if there != known[-1]:
        code = "S932" if there in known else "S931"
        raise InputError([Issue(code, redacted_address(url), {"there": there, "own": known[-1]})])


def refuse_setup(connection: Connection, url: str) -> None:
    """Raise InputError if a store cannot be set up: S861 if the login is no superuser, S931 for a newer schema."""
    if not connection.execute(text("SELECT rolsuper FROM pg_roles WHERE rolname = current_user")).scalar():
        raise InputError([Issue("S861", redacted_address(url))])
    if (there := current_revision(connection)) not in (None, *revisions()):
        raise InputError([Issue("S931", redacted_address(url), {"there": there or "", "own": revisions()[-1]})])


def init_schema(connection: Connection, revision: str = "head") -> tuple[str, ...]:
    """
    Create PostGIS, the roles and the schema, or upgrade the schema to `revision`.

    Returns which of `postgis`, `roles`, `schema` changed; empty if all were up to date.
    """
    before = _state(connection)
    execute_text(connection, CREATE_EXTENSION + sql_text("roles.sql"))
    command.upgrade(_config(connection), revision)
    execute_text(connection, _READ_REVISION)
    return tuple(name for name, value in _state(connection).items() if value != before[name])


def setup_script(database: str) -> str:
    """
    Return the set-up of a store as a script for `psql`, which changes nothing in a store that is up to date.

    Parameters
    ----------
    database
        Name of the database, which the script creates if it is missing.
    """
    name = sql.Identifier(database)
    create = sql.Literal(sql.SQL(CREATE_DATABASE).format(name).as_string())
    missing = sql.SQL(
        "SELECT {} WHERE NOT EXISTS (SELECT FROM pg_database WHERE datname = {}) \\gexec\n\\connect {}\n"
    ).format(create, sql.Literal(database), name)
    parts = ["\\set ON_ERROR_STOP on\n", missing.as_string(), CREATE_EXTENSION + "\n", sql_text("roles.sql")]
    for before, revision in zip((BASE, *revisions()), revisions(), strict=False):
        is_due = "to_regclass('sweep.alembic_version') IS NULL"
        if before != BASE:
            is_due = f"EXISTS (SELECT FROM sweep.alembic_version WHERE version_num = '{before}')"
        printed = io.StringIO()
        command.upgrade(_config(output=printed), f"{before}:{revision}", sql=True)
        parts.append(f"SELECT {is_due} AS is_due \\gset\n\\if :is_due\n{printed.getvalue()}\\endif\n")
    return "".join((*parts, _READ_REVISION, "\n"))


def downgrade_schema(connection: Connection, revision: str) -> None:
    """Downgrade to `revision` (`base`: no tables) and drop the content of newer revisions; S944 for an unknown one."""
    if revision not in (BASE, *revisions()):
        raise InputError([Issue("S944", revision[:40], {"known": (BASE, *revisions())})])
    command.downgrade(_config(connection), revision)
    if revision == BASE:
        connection.execute(text("DROP TABLE sweep.alembic_version"))


def _state(connection: Connection) -> dict[str, object]:
    return {**connection.execute(_STATE).one()._mapping, "schema": current_revision(connection)}


def _config(connection: Connection | None = None, output: io.StringIO | None = None) -> Config:
    config = Config(output_buffer=output)
    config.set_main_option("script_location", str(resources.files("sweep.store.postgres.migrations")))
    config.set_main_option("path_separator", "os")
    config.attributes["connection"] = connection
    return config
