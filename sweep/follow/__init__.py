"""What came of the visits: results held against their plan, items open until closed, and history for the next run."""
