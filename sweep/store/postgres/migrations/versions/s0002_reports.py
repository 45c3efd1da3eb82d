"""Migration 2: reporting views, and a read-only role for class police."""

from sweep.store.postgres.migrations.run_sql_file import run_sql

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    """Create the schema `sweep_report` with views for QGIS and Excel, and policies of the role `sweep_police`."""
    run_sql("0002_reports.sql")


def downgrade() -> None:
    """Drop the views, functions and role of this migration; the tables of migration 1 stay."""
    run_sql("0002_down.sql")
