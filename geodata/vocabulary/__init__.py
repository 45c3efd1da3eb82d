"""Vocabulary of tables: words for categories, and Chinese numerals."""
