"""A published plan changed on its day, and published again."""
