"""Live board of the day: a web server on the closed network for the desk and the teams' phones."""
