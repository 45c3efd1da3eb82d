"""Commands of the wings: many days, many counties, many planners, and the day as it runs."""
