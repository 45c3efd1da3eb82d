"""MATCH: assignment of firms and leads to buildings."""
