"""CLEAN: raw tables -> tables that satisfy the schema, in WGS-84; repairs are counted and bad rows reported."""
