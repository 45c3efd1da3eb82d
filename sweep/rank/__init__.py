"""Where to look: buildings scored, clusters formed."""
