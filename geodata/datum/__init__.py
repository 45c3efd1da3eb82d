"""Where a coordinate is in: names of datums, and the way from each to WGS-84 and back."""
