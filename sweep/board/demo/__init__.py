"""Demonstration of the board: a day with simulated reports."""
