"""Out-of-time validation of rankings: evaluation windows, ranking methods and measures."""
