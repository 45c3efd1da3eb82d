"""Notifications of changes in the store, read with the login's own permissions."""

import time
from collections.abc import Callable, Iterator, Mapping

from sqlalchemy import Engine, select, text

from sweep.store.postgres.connections import driver_of, transaction
from sweep.store.postgres.database_errors import as_input_errors
from sweep.store.postgres.postgres_store import PostgresStore
from sweep.store.postgres.sqlalchemy_tables import SCENARIO
from sweep.store.store_records import Key, ListingEntry, NextLine

type StoreChange = tuple[str, Key, ListingEntry]
"""Scenario, key and current entry of a change."""


def scenarios(engine: Engine) -> tuple[str, ...]:
    """Return the names of all scenarios in a store."""
    with transaction(engine) as connection:
        return tuple(connection.execute(select(SCENARIO.c.name).order_by(SCENARIO.c.name)).scalars())


def watch(engine: Engine, next_line: NextLine, for_s: float | None, ready: Callable[[], None]) -> Iterator[StoreChange]:
    """
    Yield entries of the store as they are added or changed.

    Parameters
    ----------
    next_line
        Maker of log entries, which `PostgresStore` requires; never called, since a watch writes nothing.
    for_s
        Seconds to watch; None: until stopped.
    ready
        Called once, when the watch has begun: every later change is reported.
    """
    until = None if for_s is None else time.monotonic() + for_s
    # A listening connection must be outside a transaction to receive notifications.
    with (
        as_input_errors(str(engine.url)),
        engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection,
    ):
        connection.execute(text("LISTEN sweep"))
        known = _all(engine, next_line)
        ready()
        driver = driver_of(connection)
        while until is None or time.monotonic() < until:
            left_s = 60.0 if until is None else max(0.0, until - time.monotonic())
            if not list(driver.notifies(timeout=left_s, stop_after=1)):
                continue
            now = _all(engine, next_line)
            yield from ((name, key, entry) for (name, key), entry in now.items() if known.get((name, key)) != entry)
            known = now


def _all(engine: Engine, next_line: NextLine) -> Mapping[tuple[str, Key], ListingEntry]:
    return {
        (name, key): entry
        for name in scenarios(engine)
        for key, entry in PostgresStore(engine, name, next_line).listing().items()
    }
