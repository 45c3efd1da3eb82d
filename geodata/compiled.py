"""The one place of this package where numba is configured: compiled, cached on disk, and free of Python's lock."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, cast

from numba import njit


def compiled[F: Callable[..., Any]](function: F) -> F:
    """The function compiled on its first call; the machine code is kept beside the source for the next run."""
    # Division as numpy has it, x / 0 = inf, is what lets the compiler put several points into one instruction.
    return cast(F, njit(cache=True, nogil=True, error_model="numpy")(function))
