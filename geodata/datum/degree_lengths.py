"""Length of a degree, for approximate distances without a projection."""

METRES_PER_DEGREE = 111_195.0
"""
Metres in a degree of latitude, or of longitude at the equator, on a sphere of the mean radius 6,371,009 m.

From 18 to 54 degrees north it is within 0.5 % of the ellipsoid; for more accuracy see
`geodata.datum.convert.metre_crs`.
"""
