"""What alembic runs: one transaction for all steps, on the connection that it is given."""

from alembic import context

SCHEMA = "sweep"

context.configure(
    connection=context.config.attributes["connection"],
    version_table_schema=SCHEMA,
    transactional_ddl=True,
)
with context.begin_transaction():
    context.run_migrations()
