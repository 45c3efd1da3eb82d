"""Operation of the board: health checks, metrics, and the log of requests."""
