"""The desk's board: lanes and times, map, messages, what is left, and what the desk reports itself."""
