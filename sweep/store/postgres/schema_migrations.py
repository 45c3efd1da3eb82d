"""Schema revision of the store, and its migration."""

from functools import cache
from importlib import resources

from alembic import command
from alembic.config import Config
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, text

from geodata.errors import InputError, Issue
from sweep.records.store_address import redacted_address
from sweep.store.postgres.migrations.run_sql_file import run_sql

EXTENSION = "postgis"
BASE = "base"


@cache
def revisions() -> tuple[str, ...]:
    """Return all schema revisions known to this program, oldest first."""
    steps = ScriptDirectory.from_config(_config()).walk_revisions()
    return tuple(reversed([step.revision for step in steps]))


def current_revision(connection: Connection) -> str | None:
    """Return the schema revision of the database; None without a schema."""
    if connection.execute(text("SELECT to_regclass('sweep.alembic_version')")).scalar() is None:
        return None
    found = connection.execute(text("SELECT version_num FROM sweep.alembic_version")).scalar()
    return str(found) if found is not None else None


def refuse_other_version(connection: Connection, url: str) -> None:
    """Refuse another schema revision: S930 for none, S931 for a newer one, S932 for an older one."""
    known, there = revisions(), current_revision(connection)
    if there is None:
        raise InputError([Issue("S930", redacted_address(url))])
    if there != known[-1]:
        code = "S932" if there in known else "S931"
        raise InputError([Issue(code, redacted_address(url), {"there": there, "own": known[-1]})])


def init_schema(connection: Connection) -> None:
    """Create PostGIS, roles and schema in a database, or upgrade an existing schema."""
    connection.execute(text(f'CREATE EXTENSION IF NOT EXISTS "{EXTENSION}"'))
    run_sql(connection, "roles.sql")
    command.upgrade(_config(connection), "head")
    connection.execute(text("GRANT SELECT ON sweep.alembic_version TO PUBLIC"))


def downgrade_schema(connection: Connection, revision: str) -> None:
    """Downgrade the schema, dropping content of newer revisions; S944 for an unknown revision."""
    if revision not in (BASE, *revisions()):
        raise InputError([Issue("S944", revision[:40], {"known": (BASE, *revisions())})])
    command.downgrade(_config(connection), revision)


def _config(connection: Connection | None = None) -> Config:
    config = Config()
    config.set_main_option("script_location", str(resources.files("sweep.store.postgres.migrations")))
    config.set_main_option("path_separator", "os")
    config.attributes["connection"] = connection
    return config
