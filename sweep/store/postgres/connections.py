"""A connection to the server, of a login that the server's own rules bind."""

import re
import time
from collections.abc import Iterator
from contextlib import contextmanager

import psycopg
from sqlalchemy import Connection, Engine, create_engine, text
from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError, OperationalError
from sqlalchemy.pool import NullPool

from geodata.errors import InputError, Issue
from sweep.records.store_address import address_fault, shown
from sweep.store.postgres.database_errors import as_faults
from sweep.store.postgres.schema_migrations import refuse_other_version

# A server that mends itself after a crash takes no connection meanwhile; nothing is under way yet: to wait is safe.
_STARTING = re.compile(r"the database system is (?:starting up|in recovery mode|not (?:yet )?accepting connections)")
_START_S, _WAIT_S = 60.0, 0.2
# Longer than any command of the program holds a lock: an import of a large city takes some 20 s.
_LOCK_S = 60


def open_engine(url: str) -> Engine:
    """
    What connections are made by; none is made yet.

    Parameters
    ----------
    url
        `postgresql://…` without a password: that comes from PGPASSFILE, PGSERVICE or a client certificate.

    Raises
    ------
    InputError
        S926 if it holds a password, S939 if it is none.
    """
    if problem := address_fault(url):
        raise InputError([Issue("S926" if problem == "password" else "S939", shown(url))])
    options = {"application_name": "sweep", "connect_timeout": 10}
    try:
        made = make_url(url).set(drivername="postgresql+psycopg")
        # No column is an hstore: to look for that type would cost each connection a question.
        engine = create_engine(made, poolclass=NullPool, connect_args=options, use_native_hstore=False)
        # Else hosts and ports are not looked at before there is to be a connection.
        engine.dialect.create_connect_args(made)
    except (ArgumentError, ValueError) as error:
        raise InputError([Issue("S939", shown(url))]) from error
    return engine


@contextmanager
def transaction(engine: Engine, *, is_admin: bool = False) -> Iterator[Connection]:
    """
    One transaction, undone whole if anything goes wrong in it.

    Parameters
    ----------
    is_admin
        Whether the login may be one that no row-level security binds, and the schema any.

    Raises
    ------
    InputError
        S850, S927 to S938; S935 if the login is above row-level security, S930 to S932 if the schema is another.
    """
    with as_faults(str(engine.url)), connected(engine) as connection, connection.begin():
        if not is_admin:
            _take_rules(connection, str(engine.url))
            refuse_other_version(connection, str(engine.url))
        yield connection


def connected(engine: Engine) -> Connection:
    """A connection, as soon as a server that is starting, or mends itself after a crash, takes one."""
    until = time.monotonic() + _START_S
    while True:
        try:
            return engine.connect()
        except OperationalError as error:
            if not _STARTING.search(str(error.orig)) or time.monotonic() > until:
                raise
            time.sleep(_WAIT_S)


def driver_of(connection: Connection) -> psycopg.Connection[tuple[object, ...]]:
    """The driver's own connection: for COPY, and for many statements at once."""
    driver = connection.connection.driver_connection
    if not isinstance(driver, psycopg.Connection):
        raise TypeError(f"driver must be psycopg's, got {type(driver).__name__}")
    return driver


def may_read(connection: Connection, table: str) -> bool:
    """Whether the login may read a table at all: what it may not read holds nothing for it."""
    found = connection.execute(text("SELECT has_table_privilege(:name, 'SELECT')"), {"name": f"sweep.{table}"}).scalar()
    return bool(found)


def _take_rules(connection: Connection, url: str) -> None:
    is_above = connection.execute(
        text(
            "SELECT rolsuper OR rolbypassrls, set_config('lock_timeout', :wait, true) "
            "FROM pg_roles WHERE rolname = current_user"
        ),
        {"wait": f"{_LOCK_S}s"},
    ).scalar()
    if is_above:
        raise InputError([Issue("S935", shown(url))])
