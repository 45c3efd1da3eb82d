"""Replay of campaigns under policies, week by week."""
