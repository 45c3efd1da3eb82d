"""How long a degree is, for lengths where no projection is worth its time."""

METRES_PER_DEGREE = 111_195.0
"""
Metres of a degree of latitude, and at the equator of longitude, on a sphere of the mean radius 6,371,009 m.

From 18 to 54 degrees north it is within 0.5 % of the length on the ellipsoid; where that is too much, see
`geodata.datum.convert.metre_crs`.
"""
