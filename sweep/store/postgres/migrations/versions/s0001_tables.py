"""Step 1: tables, policies and functions of the store."""

from __future__ import annotations

from sweep.store.postgres.migrations.step import run_sql

revision = "0001"
down_revision: str | None = None


def upgrade() -> None:
    """Put the step's tables there."""
    run_sql("0001_up.sql")


def downgrade() -> None:
    """Take them away."""
    run_sql("0001_down.sql")
