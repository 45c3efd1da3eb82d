"""How good a ranking would have been: windows, methods, measures."""
