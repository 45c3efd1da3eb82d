"""Step 4: revisions that never come again."""

from __future__ import annotations

from sweep.store.postgres.migrations.step import run_sql

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    """Put the step's numbers there."""
    run_sql("0004_up.sql")


def downgrade() -> None:
    """Take them away."""
    run_sql("0004_down.sql")
