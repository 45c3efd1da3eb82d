"""Which people form which team."""
