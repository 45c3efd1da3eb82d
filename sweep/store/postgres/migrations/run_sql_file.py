"""SQL files of the migrations: their text, and their execution within a migration."""

from importlib import resources

from alembic import op
from sqlalchemy import Connection


def sql_text(name: str) -> str:
    """Return the text of a migration's SQL file, given its name."""
    return (resources.files("sweep.store.postgres.migrations.sql") / name).read_text(encoding="utf-8")


def execute_text(connection: Connection, statements: str) -> None:
    """Execute several statements at once in the connection's transaction."""
    driver = connection.connection.driver_connection
    if driver is not None:
        driver.execute(statements)


def run_sql(*names: str) -> None:
    """Run files of the folder `sql` in the migration's transaction, or print their SQL in Alembic's offline mode."""
    context = op.get_context()
    for name in names:
        if context.as_sql:
            context.impl.static_output(sql_text(name))
        else:
            execute_text(op.get_bind(), sql_text(name))
