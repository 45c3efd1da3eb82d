"""Interactive map of a plan: one page that works without a network."""
