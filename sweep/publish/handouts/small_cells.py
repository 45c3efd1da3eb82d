"""Counts for the public: a small one would point at somebody, and must not follow from the others either."""

from __future__ import annotations

from collections.abc import Sequence

LEAST = 3
"""Counts of 1 to `LEAST` - 1 are not shown (ranking notes, section 8)."""
SMALL = f"<{LEAST}"
HIDDEN = "*"
"""The whole, where a small part would be the whole less the others."""


def public_counts(counts: Sequence[int]) -> tuple[list[str], str]:
    """
    The parts of a whole and the whole, as they may be shown: whatever a small part is, the same is shown.

    Only one way to part a whole may be shown: from two, a small part of one can follow by way of the other.

    Raises
    ------
    ValueError
        If a count is below 0.
    """
    if any(n < 0 for n in counts):
        raise ValueError(f"counts must be >= 0, got {min(counts)}")
    shown = [SMALL if 0 < n < LEAST else str(n) for n in counts]
    return shown, HIDDEN if SMALL in shown else str(sum(counts))
