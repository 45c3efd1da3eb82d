"""Migration 1: tables, functions and policies of the store."""

from sweep.store.postgres.migrations.run_sql_file import run_sql

revision = "0001"
down_revision: str | None = None


def upgrade() -> None:
    """Create the tables, functions and row-level security policies of the store."""
    run_sql("0001_tables.sql", "0001_functions.sql", "0001_policies.sql")


def downgrade() -> None:
    """Drop the tables, functions and policies of this migration; an error of the server if a scenario is stored."""
    run_sql("0001_down.sql")
