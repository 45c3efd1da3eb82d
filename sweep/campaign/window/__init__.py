"""Jobs of a campaign: its window planned, advanced, judged, and years of it replayed."""
