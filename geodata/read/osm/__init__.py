"""Readers of OpenStreetMap files: office buildings, streets and water."""
