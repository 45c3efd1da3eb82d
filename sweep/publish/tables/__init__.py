"""The csv tables of an edition."""
