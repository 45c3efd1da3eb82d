"""The store that is a PostgreSQL database with PostGIS, which itself decides who may see what."""
