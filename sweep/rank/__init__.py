"""Ranking of buildings by expected finds, and clusters of buildings."""
