"""Stages of one day: rank, select, plan, check, publish."""
