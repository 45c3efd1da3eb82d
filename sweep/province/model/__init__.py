"""A province of counties that share officers: its settings, the curves of its counties, and who is given what."""
