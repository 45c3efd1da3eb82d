"""Live board of the day: a web server on the closed network, for the control desk and the teams' phones."""
