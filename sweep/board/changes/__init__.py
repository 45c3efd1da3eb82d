"""Plans changed from the board, in a process of its own that keeps the day's problem ready."""
