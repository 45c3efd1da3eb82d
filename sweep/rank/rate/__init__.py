"""The posterior rate of leads of a building, and the chance of a find that follows."""
