"""Certificates of an authority of our own, and codes for a phone's camera."""
