"""Results of the visits: checked against their plan, items open until closed, history for the next run."""
