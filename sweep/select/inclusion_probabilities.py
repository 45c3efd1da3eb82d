"""Exact inclusion probabilities of a weighted draw (order sampling), by numerical integration."""

from collections.abc import Iterator
from functools import reduce
from itertools import chain

import numpy as np

from geodata.array_types import Float64s, Int64s


def inclusion_probabilities(size: Float64s, n_drawn: int) -> Float64s:
    """
    Return P(u / size is among the `n_drawn` smallest) for uniform u on [0, 1); the sum is `n_drawn`.

    These are the inclusion probabilities of n candidates. Sizes, > 0, shape (n,), count by their ratios; equal sizes
    give n_drawn / n. Run time grows with n x n_drawn x nodes of integration.

    Raises
    ------
    ValueError
        If a size is not finite and above 0, or `n_drawn` is out of range.

    References
    ----------
    Rosen 1997, Asymptotic theory for order sampling; Ohlsson 1998, Sequential Poisson sampling. They approximate the
    probability as proportional to size; here it is exact.
    """
    n = len(size)
    if not 0 <= n_drawn <= n:
        raise ValueError(f"n_drawn must be 0 to {n}, got {n_drawn}")
    if not np.all(np.isfinite(size) & (size > 0)):
        raise ValueError("sizes must be finite and > 0")
    if n_drawn in (0, n) or np.all(size == size[0]):
        return np.full(n, n_drawn / n if n else 0.0)
    size = size / size.mean()
    at, weight = _nodes(size, n_drawn)
    # P(candidate's key is below each node), shape (n, nodes).
    below = np.minimum(1.0, np.multiply.outer(size, at))
    big = np.flatnonzero(below[:, -1] > 0.5)
    # P(exactly 0, 1, ... n_drawn - 1 candidates have a key below each node), shape (n_drawn, nodes): of none, all but
    # the big ones, all.
    none = np.zeros((n_drawn, len(at)))
    none[0] = 1.0
    rest = reduce(_with, np.delete(below, big, axis=0), none)
    every = reduce(_with, below[big], rest)
    small = ((int(i), _without(every, below[i])) for i in np.setdiff1d(np.arange(n), big))
    result = np.empty(n)
    for i, others in chain(small, _leaving_out(rest, below, big)):
        result[i] = size[i] * float(others.sum(axis=0) @ np.where(at < 1.0 / size[i], weight, 0.0))
    return np.clip(result, 0.0, 1.0)


def _nodes(size: Float64s, n_drawn: int) -> tuple[Float64s, Float64s]:
    """Return quadrature nodes and weights; the integrand has a kink at each candidate's largest key, 1 / size."""
    falling = np.sort(size)[::-1]
    kinks = 1.0 / falling
    # Expected number of keys below each kink: one for each candidate at least as large, the others by size. Cumulative
    # sums avoid a table that grows with the square of the pool.
    expected = np.arange(1, len(size) + 1) + (falling.sum() - np.cumsum(falling)) * kinks
    # Beyond this point the remaining probability is below 1e-16.
    is_past = (expected > n_drawn) & ((expected - n_drawn) ** 2 > 2.0 * 37.0 * expected)
    last = kinks[np.argmax(is_past)] if is_past.any() else kinks[-1]
    # Also split in octaves from the first kink, so that long intervals are not one polynomial.
    first = n_drawn / size.sum()
    grid = first * np.exp2(np.arange(-4, 1 + max(0, int(np.ceil(np.log2(last / first))))))
    edges = np.unique(np.concatenate([[0.0, last], kinks[kinks < last], grid[grid < last]]))
    # 32 Gauss-Legendre nodes between two kinks; the integrand is a smooth polynomial of degree below the pool's size,
    # with an error near 1e-12.
    x, w = np.polynomial.legendre.leggauss(32)
    half = np.diff(edges) / 2.0
    middle = edges[:-1] + half
    return (middle[:, None] + half[:, None] * x).ravel(), (half[:, None] * w).ravel()


def _with(counts: Float64s, p: Float64s) -> Float64s:
    """Return the distribution of keys below each node with one more key, which is below it with chance `p`."""
    more = counts * (1.0 - p)
    more[1:] += counts[:-1] * p
    return more


def _leaving_out(counts: Float64s, below: Float64s, rows: Int64s) -> Iterator[tuple[int, Float64s]]:
    """
    Yield each row with the distribution of the number of other candidates' keys below each node.

    A key is u / size. `counts`: distribution without the keys of all `rows`; `below`: P(key below the node) by row. The
    rows are halved recursively, so that few distributions are computed.
    """
    if len(rows) <= 1:
        yield from ((int(i), counts) for i in rows)
        return
    halves = np.array_split(rows, 2)
    for own, other in (halves, halves[::-1]):
        yield from _leaving_out(reduce(_with, below[other], counts), below, own)


def _without(counts: Float64s, p: Float64s) -> Float64s:
    """Return the distribution of keys below each node without one key, which is below it with chance `p` <= 0.5."""
    less = np.empty_like(counts)
    less[0] = counts[0] / (1.0 - p)
    for k in range(1, len(counts)):
        less[k] = (counts[k] - p * less[k - 1]) / (1.0 - p)
    return less
