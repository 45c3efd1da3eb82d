"""The schema of the store: which one is there, and the steps to another one."""

from functools import cache
from importlib import resources

from alembic import command
from alembic.config import Config
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, text

from geodata.errors import InputError, Issue
from sweep.records.store_address import shown
from sweep.store.postgres.migrations.run_sql_file import run_sql

EXTENSION = "postgis"
BASE = "base"


@cache
def revisions() -> tuple[str, ...]:
    """Every schema that this program knows, oldest first."""
    steps = ScriptDirectory.from_config(_config()).walk_revisions()
    return tuple(reversed([step.revision for step in steps]))


def current_revision(connection: Connection) -> str | None:
    """The schema that is there, None if there is none."""
    if connection.execute(text("SELECT to_regclass('sweep.alembic_version')")).scalar() is None:
        return None
    found = connection.execute(text("SELECT version_num FROM sweep.alembic_version")).scalar()
    return str(found) if found is not None else None


def refuse_other_version(connection: Connection, url: str) -> None:
    """Refuse another program's schema: S930 there is none, S931 it is newer, S932 it is older."""
    known, there = revisions(), current_revision(connection)
    if there is None:
        raise InputError([Issue("S930", shown(url))])
    if there != known[-1]:
        code = "S932" if there in known else "S931"
        raise InputError([Issue(code, shown(url), {"there": there, "own": known[-1]})])


def init_schema(connection: Connection) -> None:
    """Put PostGIS, the roles and the whole schema into a database; a schema that is there becomes this program's."""
    connection.execute(text(f'CREATE EXTENSION IF NOT EXISTS "{EXTENSION}"'))
    run_sql(connection, "roles.sql")
    command.upgrade(_config(connection), "head")
    connection.execute(text("GRANT SELECT ON sweep.alembic_version TO PUBLIC"))


def downgrade_schema(connection: Connection, revision: str) -> None:
    """Bring the schema back to an older one, without what only newer ones hold; S944 if there is no such schema."""
    if revision not in (BASE, *revisions()):
        raise InputError([Issue("S944", revision[:40], {"known": (BASE, *revisions())})])
    command.downgrade(_config(connection), revision)


def _config(connection: Connection | None = None) -> Config:
    config = Config()
    config.set_main_option("script_location", str(resources.files("sweep.store.postgres.migrations")))
    config.set_main_option("path_separator", "os")
    config.attributes["connection"] = connection
    return config
