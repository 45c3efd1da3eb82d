"""Names of folders inside a scenario's folder that several packages use."""

FOLLOW_UP = "follow_up"
"""Folder of visit results; it may be missing."""
JOURNALS = "journals"
"""Folder of the day journals that a store exports."""
