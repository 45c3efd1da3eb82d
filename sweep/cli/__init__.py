"""Implementation of the commands, one module each, and shared modules of the terminal."""
