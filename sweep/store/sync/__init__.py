"""Scenarios in a store: import, export, and local folders for commands."""
