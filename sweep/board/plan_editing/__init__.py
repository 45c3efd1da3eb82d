"""Editing of a plan by hand in the browser: the checker judges it after each move, and it is saved as a draft."""
