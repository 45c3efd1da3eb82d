"""MATCH: firms and leads matched to buildings."""
