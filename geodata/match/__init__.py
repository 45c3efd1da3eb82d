"""MATCH: firms and leads tied to buildings."""
