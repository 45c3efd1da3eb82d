"""Changes of a folder: made without following links, and completed after a process that was killed."""
