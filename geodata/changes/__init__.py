"""Atomic changes of a folder: written without following links, and completed after a killed process."""
