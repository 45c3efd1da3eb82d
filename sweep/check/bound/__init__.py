"""Verifier of a plan's upper bound, from problem.json, the plan and proof.json, without the planner."""
