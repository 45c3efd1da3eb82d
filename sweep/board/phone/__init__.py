"""The page of a team: the next stop, one thumb, the form; all of it with no network."""
