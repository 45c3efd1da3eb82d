"""Checks between the counties of a province."""
