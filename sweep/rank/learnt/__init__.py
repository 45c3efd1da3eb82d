"""A model that learns from past checks."""
