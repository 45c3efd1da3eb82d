"""Jobs of a campaign: planning and advance of its window, verification, replay of years."""
