"""What compiled code draws by chance."""

import numpy as np

from geodata.numba_options import inlined


@inlined
def drawn_below(rng: np.random.Generator, n: int) -> int:
    """A whole number of [0, n), each as likely: numba's `rng.integers` makes an array for it."""
    return int(rng.random() * n)
