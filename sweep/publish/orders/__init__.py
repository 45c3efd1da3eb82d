"""The order of one team: a page, a sealed page, a PDF."""
