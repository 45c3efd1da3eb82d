"""Server-sent events for open pages, which resume after the last event that a page has seen."""
