"""Outputs of a plan: maps, team orders, reports, tables and exports."""
