"""Scenarios planned from the browser, each in a process of its own."""
