"""Connections to the server, for logins bound by row-level security."""

import re
import time
from collections.abc import Iterator
from contextlib import contextmanager

import psycopg
from psycopg import sql
from sqlalchemy import Connection, Engine, create_engine, text
from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError, OperationalError
from sqlalchemy.pool import NullPool

from geodata.errors import Code, InputError, Issue
from sweep.records.redact_store_address import address_error, redacted_address
from sweep.store.postgres.database_errors import as_input_errors
from sweep.store.postgres.schema_migrations import CREATE_DATABASE, refuse_other_version, refuse_setup

# A server that recovers after a crash refuses connections for a while; waiting is safe before a transaction.
_STARTING = re.compile(r"the database system is (?:starting up|in recovery mode|not (?:yet )?accepting connections)")
_WAIT_S = 0.2
# Longer than any command holds a lock: the import of a large city takes some 20 s.
_LOCK_S = 60


def open_engine(url: str) -> Engine:
    """
    Return a SQLAlchemy engine for a store, without connecting.

    Parameters
    ----------
    url
        `postgresql://…` without a password, which comes from PGPASSFILE, PGSERVICE or a client certificate.

    Raises
    ------
    InputError
        S926 for a password in it, S939 for an invalid address.
    """
    if problem := address_error(url):
        raise InputError([Issue("S926" if problem == "password" else "S939", redacted_address(url))])
    options = {"application_name": "sweep", "connect_timeout": 10}
    try:
        made = make_url(url).set(drivername="postgresql+psycopg")
        # No column is an hstore; the search for that type would cost a query per connection.
        engine = create_engine(made, poolclass=NullPool, connect_args=options, use_native_hstore=False)
        # Checks hosts and ports before the first connection.
        engine.dialect.create_connect_args(made)
    except (ArgumentError, ValueError) as error:
        raise InputError([Issue("S939", redacted_address(url))]) from error
    return engine


@contextmanager
def transaction(engine: Engine, *, is_admin: bool = False) -> Iterator[Connection]:
    """
    Context manager of a connection in a transaction: committed at the end, rolled back on any error.

    Parameters
    ----------
    is_admin
        Whether the login may bypass row-level security, and the schema may have any revision.

    Raises
    ------
    InputError
        S850, S927 to S938; S935 if the login bypasses row-level security, S930 to S932 for another schema revision.
    """
    with as_input_errors(str(engine.url)), connect(engine) as connection, connection.begin():
        if not is_admin:
            _take_rules(connection, str(engine.url))
            refuse_other_version(connection, str(engine.url))
        yield connection


def create_database(url: str) -> bool:
    """Create the database of an address if it is missing; return whether it was created; S861 if the login may not."""
    try:
        with transaction(open_engine(url), is_admin=True):
            return False
    except InputError as error:
        if [issue.code for issue in error.issues] != [Code.DATABASE_MISSING]:
            raise
    server = open_engine(make_url(url).set(database="postgres").render_as_string())
    with transaction(server.execution_options(isolation_level="AUTOCOMMIT"), is_admin=True) as connection:
        refuse_setup(connection, url)
        driver_of(connection).execute(sql.SQL(CREATE_DATABASE).format(sql.Identifier(database_of(url))))
    return True


def database_of(url: str) -> str:
    """Return the name of the database in an address; without one, the login's name, as the server does."""
    made = make_url(url)
    return made.database or made.username or ""


def connect(engine: Engine) -> Connection:
    """Return a connection; wait up to a minute while the server starts or recovers; OperationalError if it fails."""
    until = time.monotonic() + 60.0
    while True:
        try:
            return engine.connect()
        except OperationalError as error:
            if not _STARTING.search(str(error.orig)) or time.monotonic() > until:
                raise
            time.sleep(_WAIT_S)


def driver_of(connection: Connection) -> psycopg.Connection[tuple[object, ...]]:
    """Return the psycopg connection of a SQLAlchemy connection, for COPY and several statements at once."""
    driver = connection.connection.driver_connection
    if not isinstance(driver, psycopg.Connection):
        raise TypeError(f"driver must be psycopg's, got {type(driver).__name__}")
    return driver


def may_read(connection: Connection, table: str) -> bool:
    """Return whether the login may read a table."""
    is_allowed = connection.execute(
        text("SELECT has_table_privilege(:name, 'SELECT')"), {"name": f"sweep.{table}"}
    ).scalar()
    return bool(is_allowed)


def _take_rules(connection: Connection, url: str) -> None:
    is_above = connection.execute(
        text(
            "SELECT rolsuper OR rolbypassrls, set_config('lock_timeout', :wait, true) "
            "FROM pg_roles WHERE rolname = current_user"
        ),
        {"wait": f"{_LOCK_S}s"},
    ).scalar()
    if is_above:
        raise InputError([Issue("S935", redacted_address(url))])
