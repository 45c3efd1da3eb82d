"""Reading of a scenario's files into clean records."""
