"""Verifier of a re-planned day: compliance with its events and with the reports of the teams."""
