"""How often somebody may try a passphrase or a code: after some slips each further one costs twice the time."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

_FREE = 5
_LONGEST_S = 900.0
# Of names and addresses that were never right the oldest are forgotten, so that nobody fills the memory.
_MOST_KEPT = 10_000


@dataclass(slots=True)
class Tries:
    """Slips by key: the name that was tried, and the address that it came from."""

    now_s: Callable[[], float] = time.monotonic
    _slips: dict[str, tuple[int, float]] = field(default_factory=dict)
    """Number of slips, and until when the next try waits."""

    def wait_s(self, keys: Iterable[str]) -> float:
        """Seconds until the next try may be made; 0: now."""
        return max(0.0, *(self._slips.get(key, (0, 0.0))[1] - self.now_s() for key in keys))

    def slip(self, keys: Iterable[str]) -> None:
        """Note a wrong try."""
        for key in keys:
            n = self._slips.pop(key, (0, 0.0))[0] + 1
            wait_s = 0.0 if n <= _FREE else min(_LONGEST_S, 2.0 ** (n - _FREE - 1))
            self._slips[key] = (n, self.now_s() + wait_s)
        while len(self._slips) > _MOST_KEPT:
            del self._slips[next(iter(self._slips))]

    def forgive(self, key: str) -> None:
        """Forget the slips of whoever has it right."""
        self._slips.pop(key, None)
