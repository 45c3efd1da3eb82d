"""Scenarios planned from the browser, each run a process of its own."""
