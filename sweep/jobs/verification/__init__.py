"""Verification of a plan's files: bound and proof recomputed, and what its handouts disclose (C26)."""
