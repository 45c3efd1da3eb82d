"""Decisions: where to look, with whom, in what order, and under which rules."""
