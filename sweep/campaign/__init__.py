"""Campaigns: weeks and years of sweep days, planned together."""
