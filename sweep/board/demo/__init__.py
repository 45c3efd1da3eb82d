"""A day that plays itself, to be looked at."""
