"""Detection of personal numbers in free text, in any spelling, and exclusion of harmless numbers."""
