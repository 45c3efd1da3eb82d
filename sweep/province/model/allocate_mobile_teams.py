"""
Allocation of mobile teams to counties: exact, with a proven bound.

A county's curve gives the value of its plan with 0, 1, 2, ... mobile teams. The best value of the first k counties with
n teams follows from that of the first k - 1 counties, so dynamic programming is exact for curves of any form.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace

import numpy as np

from sweep.province.records import Allocation, CountyCurve, CurvePoint

# Tolerance for equal values, among which the smallest number of teams is chosen.
_SAME = 1e-12


def allocate(curves: Sequence[CountyCurve], n_mobile: int) -> Allocation:
    """
    Return the allocation of at most `n_mobile` teams with the fewest missed must-visits, then the largest objective.

    Among equal allocations, one with the fewest teams. Teams bound to a county by published days stay there.

    Parameters
    ----------
    n_mobile
        Number of mobile teams, no fewer than are bound.
    """
    totals = [[p.objective.total for p in c.points] for c in curves]
    # One missed must-visit outweighs all else.
    price = 1.0 + sum(max(own) - min(own) for own in totals)
    best = _best(curves, n_mobile, lambda p: p.objective.total - price * p.objective.must_missed)
    counts = dict(zip((c.county_id for c in curves), best, strict=True))
    at_most = _best(curves, n_mobile, lambda p: p.bound)
    return Allocation(
        n_mobile=counts,
        value=allocated_value(curves, counts),
        bound=sum(c.points[n].bound for c, n in zip(curves, at_most, strict=True)),
        gains={
            c.county_id: (c.points[counts[c.county_id] + 1].objective - c.points[counts[c.county_id]].objective).total
            for c in curves
            if counts[c.county_id] + 1 < len(c.points)
        },
    )


def allocated_value(curves: Sequence[CountyCurve], n_mobile: Mapping[str, int]) -> float:
    """Return the sum of the expected finds on the curves; `n_mobile`: mobile teams by county id."""
    return sum(c.points[n_mobile[c.county_id]].objective.finds for c in curves)


def with_bound(curve: CountyCurve, n_mobile: int, bound: float) -> CountyCurve:
    """Return the curve with the bound at its point for `n_mobile` teams, if any, lowered to at most `bound`."""
    points = tuple(replace(p, bound=min(p.bound, bound)) if p.n_mobile == n_mobile else p for p in curve.points)
    return replace(curve, points=points)


def _best(curves: Sequence[CountyCurve], n_mobile: int, value_of: Callable[[CurvePoint], float]) -> list[int]:
    """Return the number of teams for each curve that gives the largest sum of `value_of`, by dynamic programming."""
    n_all = min(n_mobile, sum(len(c.points) - 1 for c in curves))
    values = np.zeros(n_all + 1)
    chosen = np.zeros((len(curves), n_all + 1), dtype=np.int64)
    for row, curve in enumerate(curves):
        with_it = np.full(n_all + 1, -np.inf)
        for n, point in enumerate(curve.points[: n_all + 1]):
            if n < curve.n_held:
                continue
            now = np.concatenate([np.full(n, -np.inf), values[: n_all + 1 - n]]) + value_of(point)
            is_better = now > with_it + _SAME
            with_it[is_better] = now[is_better]
            chosen[row, is_better] = n
        values = with_it
    n_left = int(np.argmax(values > values.max() - _SAME)) if len(curves) else 0
    counts = []
    for row in range(len(curves) - 1, -1, -1):
        counts.append(int(chosen[row, n_left]))
        n_left -= counts[-1]
    return counts[::-1]
