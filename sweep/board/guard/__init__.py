"""What every request has to pass and every response to carry: host, body, token, role; policies and nonce."""
