"""Store in a PostgreSQL database with PostGIS, protected by row-level security."""
