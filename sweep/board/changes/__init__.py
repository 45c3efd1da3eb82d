"""Re-planning from the board, by a worker process that holds the day's problem."""
