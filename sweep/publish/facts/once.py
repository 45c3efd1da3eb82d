"""Facts of an edition are worked out once for it, however many pages ask."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from weakref import WeakKeyDictionary

from sweep.publish.edition import Edition


def once_per_edition[Facts](work_out: Callable[[Edition], Facts]) -> Callable[[Edition], Facts]:
    """
    A function of an edition that keeps its result for as long as somebody holds the edition, which never changes.

    Parameters
    ----------
    work_out
        What it returns must be unchangeable and must not hold the edition, or that would never be freed.
    """
    known: WeakKeyDictionary[Edition, Facts] = WeakKeyDictionary()

    @wraps(work_out)
    def kept(edition: Edition) -> Facts:
        if edition not in known:
            known[edition] = work_out(edition)
        return known[edition]

    return kept
