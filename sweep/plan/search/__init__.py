"""Search around the compiled kernel: encoding of the problem, parallel annealing chains, route pool, decoding."""
