"""Team formation by column generation: number, size, base and district of the teams, from the roster."""
