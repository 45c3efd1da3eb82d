"""Parsers of table cells: numbers, angles, times, codes, known words."""
