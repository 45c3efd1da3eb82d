"""READ: files in any usual format into raw tables, nothing mended."""
