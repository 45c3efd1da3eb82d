"""Handouts for readers outside the police, and the search for leaks in them."""
