"""Commands of the shared store."""
