"""Runs the statements of a step, which stand in a file of SQL."""

from __future__ import annotations

from importlib import resources

from alembic import op


def sql_of(name: str) -> str:
    """The statements of one file."""
    return (resources.files("sweep.store.postgres.migrations.sql") / name).read_text(encoding="utf-8")


def run_sql(name: str) -> None:
    """Run the statements of a file in the step's transaction."""
    driver = op.get_bind().connection.driver_connection
    if driver is not None:
        driver.execute(sql_of(name))
