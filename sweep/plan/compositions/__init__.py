"""Upper bound over all team compositions: number, size, base and district of the teams, by column generation."""
