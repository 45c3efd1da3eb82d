"""Runs of scenarios started from the browser, each in a process of its own."""
