"""What several products say about an edition, worked out once."""
