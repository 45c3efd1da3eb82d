"""Outputs of a plan: maps, orders, reports, tables, exports."""
