"""Change of a published plan on its day, and its publication."""
