"""Guards of every request (host, body, token, role), and security headers of every response."""
