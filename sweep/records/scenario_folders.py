"""Names of scenario folders that several packages use."""

FOLLOW_UP = "follow_up"
"""Folder of visit results inside the scenario's folder; it may be missing."""
JOURNALS = "journals"
"""Folder of the day journals that a store exports."""
