"""Search: encoding of the problem, annealing on parallel chains, route pool, decoding of routes."""
