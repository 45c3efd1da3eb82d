"""Travel times, distances and route lines between places."""
