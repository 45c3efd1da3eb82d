"""OpenStreetMap files into office buildings, streets and water."""
