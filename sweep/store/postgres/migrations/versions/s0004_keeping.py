"""Step 4: revisions that never come again, and what is of all divisions stays so when there is one more."""

from __future__ import annotations

from sweep.store.postgres.migrations.step import run_sql

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    """Put the step's numbers and function there."""
    run_sql("0004_up.sql")


def downgrade() -> None:
    """Take the numbers away, and put the function of old in its place."""
    run_sql("0004_down.sql")
