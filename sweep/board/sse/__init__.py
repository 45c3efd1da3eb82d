"""Server-sent events for open pages, resumed after the last event seen."""
