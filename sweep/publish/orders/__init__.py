"""Order of one team as a page, an encrypted page, or a PDF."""
