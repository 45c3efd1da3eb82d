"""The jobs of a province: each county's, one after the other in any order and on any machine, and what they give."""
