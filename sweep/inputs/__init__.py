"""From the files of a scenario to clean records."""
