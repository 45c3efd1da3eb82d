"""What is new in the store, as soon as it is there: told by the server, looked up under the login's own role."""

import time
from collections.abc import Callable, Iterator, Mapping

from sqlalchemy import Engine, select, text

from sweep.store.postgres.connections import driver_of, transaction
from sweep.store.postgres.database_errors import as_faults
from sweep.store.postgres.postgres_store import PostgresStore
from sweep.store.postgres.table_definitions import SCENARIO
from sweep.store.store_records import Entry, Key, NextLine

type News = tuple[str, Key, Entry]
"""Scenario, what of it, and what is listed of it now."""


def scenarios(engine: Engine) -> tuple[str, ...]:
    """The names of all scenarios of a store."""
    with transaction(engine) as connection:
        return tuple(connection.execute(select(SCENARIO.c.name).order_by(SCENARIO.c.name)).scalars())


def watch(engine: Engine, next_line: NextLine, for_s: float | None, ready: Callable[[], None]) -> Iterator[News]:
    """
    Whatever is new or changed, as it comes.

    Parameters
    ----------
    for_s
        Seconds to watch; None: until it is stopped.
    ready
        Called once nothing can be missed any more.
    """
    until = None if for_s is None else time.monotonic() + for_s
    # A connection that listens is in no transaction, or it would hear nothing.
    with as_faults(str(engine.url)), engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
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


def _all(engine: Engine, next_line: NextLine) -> Mapping[tuple[str, Key], Entry]:
    return {
        (name, key): entry
        for name in scenarios(engine)
        for key, entry in PostgresStore(engine, name, next_line).listing().items()
    }
