"""What lets no plan be made, and what lets a given plan not stand, found before the search."""
