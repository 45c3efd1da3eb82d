"""A local search that passes through late and overfull routes at a price that adapts (time warp)."""
