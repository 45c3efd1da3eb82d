"""
Compiled search: ruin and recreate with simulated annealing on flat arrays.

Common arguments: `a` the problem's arrays, `s` the search state, `i` a task (team slot of a visit), `k` a team, `p` a
position in its route, `u` a unit (linked visits), `v` a node (visit), `rng` the random generator.
"""
