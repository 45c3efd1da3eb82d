"""Planner: team composition, synchronised routing, upper bounds, explanations and re-planning."""
