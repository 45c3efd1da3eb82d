"""The bound of a plan found again: from problem.json, the plan and proof.json, with nothing of the planner."""
