"""Runner of a migration's SQL file."""

from importlib import resources

from sqlalchemy import Connection


def run_sql(connection: Connection, name: str) -> None:
    """Run the statements of a file in the connection's transaction."""
    driver = connection.connection.driver_connection
    if driver is not None:
        driver.execute((resources.files("sweep.store.postgres.migrations.sql") / name).read_text(encoding="utf-8"))
