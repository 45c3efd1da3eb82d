"""Intake of results: the phones' reports become the results of the day."""
