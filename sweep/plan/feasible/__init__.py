"""Feasibility checks before the search: contradictions in a problem, errors in a given plan."""
