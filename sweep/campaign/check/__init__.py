"""All days of a campaign judged together, from campaign.json and the inputs alone."""
