"""What lets no plan be made, and what lets a given plan not stand, told before the search."""
