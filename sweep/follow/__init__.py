"""Visit results: checks against their plan, open items until closed, history for the next run."""
