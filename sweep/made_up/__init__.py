"""A made-up city with known dens: the built-in scenario, and truth to test against. Nothing in it is real."""
