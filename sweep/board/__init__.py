"""Live board of the day: a web server on the closed network, with pages for the desk and for each team's phone."""
