"""Visit results: checks against the plan, re-check items until they are closed, history for the next run."""
