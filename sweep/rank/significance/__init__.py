"""Significance of clusters: scan statistic, exceedance, labels."""
