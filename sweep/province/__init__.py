"""Provinces: counties planned side by side, with mobile teams between them."""
