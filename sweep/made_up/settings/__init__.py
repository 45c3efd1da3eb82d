"""Parameters of the synthetic city, each with its source."""
