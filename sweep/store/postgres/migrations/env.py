"""Environment of alembic: one transaction for all migrations, on a given connection or printed as a script."""

from alembic import context

SCHEMA = "sweep"

context.configure(
    connection=context.config.attributes["connection"],
    dialect_name="postgresql",
    version_table_schema=SCHEMA,
    transactional_ddl=True,
)
with context.begin_transaction():
    context.run_migrations()
