"""The store that is a folder: what the program writes without any server, the same bytes."""
