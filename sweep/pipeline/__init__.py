"""Pipeline, the only module that knows the order: read, clean, match, rank, select, plan, check, publish."""
