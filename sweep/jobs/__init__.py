"""Pipeline, which alone knows the order: read, clean, match, rank, select, plan, check, publish."""
