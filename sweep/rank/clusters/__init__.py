"""Clusters of buildings that are visited together: formation and selection."""
