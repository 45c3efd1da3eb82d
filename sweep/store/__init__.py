"""One store for several planners: one interface, and behind it a folder or PostgreSQL with PostGIS."""
