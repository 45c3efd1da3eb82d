"""Commands of the wings: campaigns, provinces, the store, and the board of the day."""
