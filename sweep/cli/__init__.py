"""One file a command, named as it is typed, and what all of them share."""
