"""A server of the benchmark's own, with an empty store and logins of every role."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager

from sweep.store.postgres.connections import open_engine, transaction
from sweep.store.postgres.schema_migrations import init_schema
from tests.store.cluster import Cluster, running, server_programs
from tests.store.world import new_database

PACKAGES = ("psycopg", "sqlalchemy")


@contextmanager
def server() -> Iterator[tuple[Cluster, str]]:
    """The server and its database."""
    programs = server_programs()
    if programs is None:
        sys.exit("no PostgreSQL with PostGIS here: apt-get install postgresql-17 postgresql-17-postgis-3")
    with running(programs) as cluster:
        folder = str(cluster.folder)
        cluster.run("createdb", "-h", folder, "-U", "postgres", "template_of_store")
        with transaction(open_engine(cluster.url(database="template_of_store")), is_admin=True) as connection:
            init_schema(connection)
        yield cluster, new_database(cluster, "template_of_store", "bench")
