"""Coverage report for commanders."""
