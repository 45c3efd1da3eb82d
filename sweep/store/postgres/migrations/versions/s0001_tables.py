"""Migration 1: tables, functions and policies of the store."""

from alembic import op

from sweep.store.postgres.migrations.run_sql_file import run_sql

revision = "0001"
down_revision: str | None = None


def upgrade() -> None:
    """Create tables, functions and policies."""
    for name in ("0001_tables.sql", "0001_functions.sql", "0001_policies.sql"):
        run_sql(op.get_bind(), name)


def downgrade() -> None:
    """Drop them, unless a scenario is stored."""
    run_sql(op.get_bind(), "0001_down.sql")
