"""Workbook of a plan, and ledger of results."""
