"""Province of counties that share officers: settings, allocation of mobile teams, worker messages."""
