"""Places of the synthetic city: streets, building sites, buildings with names, outlines and doors, and firms."""
