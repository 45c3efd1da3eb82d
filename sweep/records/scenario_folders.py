"""Names of folders of a scenario that more than one package uses."""

FOLLOW_UP = "follow_up"
"""Results that are kept, in the scenario's own folder; it may be missing."""
JOURNALS = "journals"
"""Copies of the days' journals, as a store brings them."""
