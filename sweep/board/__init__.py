"""The day, live: a server on the closed network with a board for the desk and a page for each team."""
