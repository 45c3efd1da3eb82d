"""Records of the domain rules: id, force, enforcing stages, and settings."""
