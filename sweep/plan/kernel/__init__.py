"""Compiled search: ruin and recreate with simulated annealing on flat arrays."""
