"""The search for a good plan: the layout it works on, annealing, and mixing of routes."""
