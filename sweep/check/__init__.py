"""A plan judged from the inputs alone."""
