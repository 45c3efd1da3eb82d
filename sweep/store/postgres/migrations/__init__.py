"""The steps from each schema of the store to the next, and back, run by alembic."""
