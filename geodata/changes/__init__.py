"""Atomic changes of a folder: written without following links, and completed later if a crash interrupts them."""
