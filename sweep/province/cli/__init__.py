"""Commands of provinces."""
