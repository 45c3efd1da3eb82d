"""What the planner is asked: its records, its file, its faults, and who may serve what."""
