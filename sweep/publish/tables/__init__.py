"""CSV tables of an edition."""
