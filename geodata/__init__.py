"""Places: files in, clean tables out. Knows nothing of teams."""
