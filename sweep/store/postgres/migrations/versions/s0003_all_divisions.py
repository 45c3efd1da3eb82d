"""Step 3: whoever sees all divisions is asked so once a query; leads are points on a map."""

from __future__ import annotations

from sweep.store.postgres.migrations.step import run_sql

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    """Put the step's policies and view there."""
    run_sql("0003_up.sql")


def downgrade() -> None:
    """Put those of the step before in their place."""
    run_sql("0003_down.sql")
