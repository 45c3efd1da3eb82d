"""
Mobile teams to counties by the counties' curves: exact, with a proven bound.

One team counts as one in every county, so that the best value of the first counties with any number of teams follows
from that of one county less: a dynamic programme over all counts is exact on curves of any form, concave or not, in
counties x teams x points steps. A model for a solver would be no better, and its answer would need a check.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Literal

import numpy as np

from sweep.province.records import Allocation, Curve

# Values that differ by less are the same, and the fewer teams are taken.
_SAME = 1e-12


def allocate(curves: Sequence[Curve], n_mobile: int) -> Allocation:
    """
    The allocation of at most so many mobile teams that is worth most; of equals one that sends fewest.

    Teams that days which are out bind to a county stay there.

    Parameters
    ----------
    n_mobile
        Mobile teams that there are, no fewer than are bound.
    """
    counts = dict(zip((c.county_id for c in curves), _best(curves, n_mobile, "value"), strict=True))
    at_most = _best(curves, n_mobile, "bound")
    return Allocation(
        n_mobile=counts,
        value=allocated_value(curves, counts),
        bound=sum(c.points[n].bound for c, n in zip(curves, at_most, strict=True)),
        gains={
            c.county_id: c.points[counts[c.county_id] + 1].value - c.points[counts[c.county_id]].value
            for c in curves
            if counts[c.county_id] + 1 < len(c.points)
        },
    )


def allocated_value(curves: Sequence[Curve], n_mobile: Mapping[str, int]) -> float:
    """What the counties are worth together with these teams."""
    return sum(c.points[n_mobile[c.county_id]].value for c in curves)


def with_bound(curve: Curve, n_mobile: int, bound: float) -> Curve:
    """The curve with what a longer search has proven at one of its points, if that is less."""
    points = tuple(replace(p, bound=min(p.bound, bound)) if p.n_mobile == n_mobile else p for p in curve.points)
    return replace(curve, points=points)


def _best(curves: Sequence[Curve], n_mobile: int, what: Literal["value", "bound"]) -> list[int]:
    """Teams for each curve, by the programme; rows of `took` are counties, columns the teams that are left for them."""
    n_all = min(n_mobile, sum(len(c.points) - 1 for c in curves))
    worth = np.zeros(n_all + 1)
    took = np.zeros((len(curves), n_all + 1), dtype=np.int64)
    for row, curve in enumerate(curves):
        with_it = np.full(n_all + 1, -np.inf)
        for n, point in enumerate(curve.points[: n_all + 1]):
            if n < curve.n_held:
                continue
            now = np.concatenate([np.full(n, -np.inf), worth[: n_all + 1 - n]]) + getattr(point, what)
            is_better = now > with_it + _SAME
            with_it[is_better] = now[is_better]
            took[row, is_better] = n
        worth = with_it
    left = int(np.argmax(worth > worth.max() - _SAME)) if len(curves) else 0
    counts = []
    for row in range(len(curves) - 1, -1, -1):
        counts.append(int(took[row, left]))
        left -= counts[-1]
    return counts[::-1]
