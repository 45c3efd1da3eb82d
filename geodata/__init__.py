"""Input of geographic data: files in, clean tables out. Independent of teams and plans."""
