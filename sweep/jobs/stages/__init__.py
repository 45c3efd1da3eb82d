"""The stages of one day that every job begins with: rank, select, plan, check."""
