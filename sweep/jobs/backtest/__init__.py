"""Out-of-time validation of a ranking, on a scenario or a file of dated points."""
