"""How many teams, how large and where: the ways to form teams from the roster, and which of them is worth most."""
