"""Commands for campaigns, provinces, the store, and the board of the day."""
