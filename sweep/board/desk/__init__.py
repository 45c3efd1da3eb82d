"""Desk of the board: team lanes and times, map, messages, remaining visits, desk reports."""
