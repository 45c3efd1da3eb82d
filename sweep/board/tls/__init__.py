"""TLS certificates of a local certificate authority."""
