"""Names of folders beside a scenario's editions that more than one floor goes to."""

JOURNALS = "journals"
"""Copies of the days' journals, as a store brings them."""
