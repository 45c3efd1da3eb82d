"""Editing of a plan by hand in the browser: checked after each move, saved as a draft."""
