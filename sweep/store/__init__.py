"""Store for several planners: records, and implementations as a folder and in PostgreSQL with PostGIS."""
