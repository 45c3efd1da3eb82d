"""Guards of every request (host, body, token, role) and policies of every response."""
