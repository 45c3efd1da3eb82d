"""Desk of the board: team lanes and times, map, messages, remaining visits, and the desk's own reports."""
