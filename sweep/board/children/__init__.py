"""Processes that work for the board: asked by a line of JSON, and answering by one."""
