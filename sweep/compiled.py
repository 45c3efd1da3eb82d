"""The one place where numba is configured: compiled, cached on disk, and free of Python's lock."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, cast

from numba import njit


def compiled[F: Callable[..., Any]](function: F) -> F:
    """The function compiled on its first call; the machine code is kept beside the source for the next run."""
    return cast(F, njit(cache=True, nogil=True)(function))
