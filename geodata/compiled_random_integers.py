"""Random integers in compiled code."""

import numpy as np

from geodata.numba_options import inlined


@inlined
def drawn_below(rng: np.random.Generator, n: int) -> int:
    """Draw a uniform integer in [0, n); numba's `rng.integers` would allocate an array."""
    return int(rng.random() * n)
