"""Geodetic datums and projections: names, and conversion to WGS-84 and back."""
