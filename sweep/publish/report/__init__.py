"""The coverage report that commanders read."""
