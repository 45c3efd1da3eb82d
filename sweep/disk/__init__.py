"""Atomic file writing, CSV text, and errors of JSON files."""
