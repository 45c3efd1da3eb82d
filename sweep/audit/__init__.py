"""Audit log: append-only, hash-chained lines of who did what and when, with checks for tampering."""
