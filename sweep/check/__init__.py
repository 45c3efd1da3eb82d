"""Verifier of a plan, which reads the inputs and nothing of the planner."""
