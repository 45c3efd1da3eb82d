"""Every number behind the made-up city, each with its source."""
