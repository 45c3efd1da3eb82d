"""Parameters of the synthetic city, with the source of each."""
