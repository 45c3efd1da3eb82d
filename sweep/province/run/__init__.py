"""Jobs of a province: one per county, in any order and on any machine, with their results."""
