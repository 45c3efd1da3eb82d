"""Files whole or not at all, text for csv tables, and faults of JSON files."""
