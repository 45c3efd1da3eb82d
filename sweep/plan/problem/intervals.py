"""Intervals of the day: pairs of seconds, both ends inclusive."""

from collections.abc import Iterable, Sequence

type Spans = Sequence[tuple[int, int]]


def joined(spans: Iterable[tuple[int, int]]) -> list[tuple[int, int]]:
    """Return the union of the intervals (start, end) as disjoint intervals in order; those that touch are joined."""
    made: list[tuple[int, int]] = []
    for lo, hi in sorted(spans):
        if made and lo <= made[-1][1]:
            made[-1] = (made[-1][0], max(made[-1][1], hi))
        else:
            made.append((lo, hi))
    return made
