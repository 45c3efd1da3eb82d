"""What a campaign says of itself: campaign.json, with how promises, caps and people stand, and what has come since."""
