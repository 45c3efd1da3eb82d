"""Frozen records shared by all stages, and the few rules about them that several stages need."""
