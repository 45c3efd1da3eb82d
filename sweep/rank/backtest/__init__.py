"""Out-of-time validation of rankings: windows, methods, measures."""
