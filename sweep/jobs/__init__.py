"""The only place that knows the order: read, clean, match, rank, select, plan, check, publish."""
