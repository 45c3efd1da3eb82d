"""Synthetic city with known dens: the built-in scenario and the ground truth for tests. Nothing in it is real."""
