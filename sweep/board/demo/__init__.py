"""Demonstration day with simulated reports."""
