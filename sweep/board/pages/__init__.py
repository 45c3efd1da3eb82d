"""What all of the board's pages share, and the pages that are for no one role: signing in, faults, journal."""
