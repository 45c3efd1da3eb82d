"""Buildings that are visited together: how clusters are formed and chosen."""
