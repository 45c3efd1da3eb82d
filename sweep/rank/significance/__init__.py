"""Significance of clusters: scan statistic, exceedance of counts, and labels."""
