"""What one cell of a table says: numbers, angles, times, codes, known words."""
