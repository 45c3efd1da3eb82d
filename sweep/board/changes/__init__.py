"""Re-planning from the board, in a worker process that holds the day's problem."""
