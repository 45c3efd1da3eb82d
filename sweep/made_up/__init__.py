"""The made-up city, its scenarios and its provinces."""
