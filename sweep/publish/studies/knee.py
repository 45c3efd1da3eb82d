"""Where a curve bends: until there each step wins much, beyond it little."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

# A curve that rises above its chord by less than this share of its height has no knee.
LEAST_BEND = 0.05


def knee(points: Sequence[tuple[float, float]]) -> float | None:
    """
    The x at which a curve stands highest above the straight line from its first point to its highest.

    None if it does not bend.

    Parameters
    ----------
    points
        (x, y), distinct x, in any order.

    References
    ----------
    Satopaa et al. 2011, Finding a "kneedle" in a haystack.
    """
    ordered = rising(points)
    if len(ordered) < 3:
        return None
    (first, low), (last, high) = ordered[0], ordered[-1]
    bends = [((y - low) / (high - low) - (x - first) / (last - first), x) for x, y in ordered[1:-1]]
    bend, x = max(bends, key=lambda b: (b[0], -b[1]))
    return x if bend >= LEAST_BEND else None


def rising(points: Sequence[tuple[float, float]]) -> list[tuple[float, float]]:
    """The points in order up to the highest, the first of equals: what comes after it wins nothing."""
    ordered = sorted(points)
    if not ordered:
        return []
    top = max(ordered, key=lambda p: (p[1], -p[0]))
    return ordered[: ordered.index(top) + 1]


def slopes(points: Sequence[tuple[float, float]], at: float) -> tuple[float, float]:
    """What a step of one wins before a place inside the rising part of the curve, and beyond it."""
    ordered = rising(points)
    (x0, y0), (x2, y2) = ordered[0], ordered[-1]
    y1 = dict(ordered)[at]
    if not x0 < at < x2 or any(a >= b for (a, _), (b, _) in pairwise(ordered)):
        raise ValueError(f"at must lie inside a curve of distinct x, got {at}")
    return (y1 - y0) / (at - x0), (y2 - y1) / (x2 - at)
