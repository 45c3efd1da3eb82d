"""Checker's rules between the counties of a province."""
