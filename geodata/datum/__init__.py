"""Geodetic datums and projections: their names, and conversion to WGS-84 and back."""
