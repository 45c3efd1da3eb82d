"""Records of a campaign: campaign.json with promises, caps, loads and changes."""
