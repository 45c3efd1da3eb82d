"""The map of a plan: one page that draws itself with no network."""
