"""Exports of a plan to formats of other programs."""
