"""Step 2: styles and projects of QGIS."""

from __future__ import annotations

from sweep.store.postgres.migrations.step import run_sql

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    """Put the step's tables there."""
    run_sql("0002_up.sql")


def downgrade() -> None:
    """Take them away."""
    run_sql("0002_down.sql")
