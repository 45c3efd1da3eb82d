"""Posterior lead rate of buildings, and the den probability that follows from it."""
