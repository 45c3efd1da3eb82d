"""Verifier of all days of a campaign, from campaign.json and the inputs alone."""
