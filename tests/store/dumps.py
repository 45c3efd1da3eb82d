"""Schema of a database, as `pg_dump` writes it."""

from __future__ import annotations

from tests.store.cluster import Cluster


def schema_of(cluster: Cluster, database: str) -> str:
    """Everything that `pg_dump` knows of a database but its rows and its name."""
    file = cluster.folder / "db" / "dump.sql"
    cluster.run(
        "pg_dump", "-h", str(cluster.folder), "-U", "postgres", "--schema-only", "-f", str(file), "-d", database
    )
    lines = cluster.read(file).splitlines()
    # Newer servers protect a dump by a random word.
    return "\n".join(line for line in lines if not line.startswith(("\\restrict", "\\unrestrict")))
