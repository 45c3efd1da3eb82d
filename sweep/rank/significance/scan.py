"""
Where leads lie denser than chance would put them: Kulldorff's scan over circles, against rates that differ anyway.

The textbook null lets every firm have the same rate; leads that repeat or towers that differ then make a cluster out
of nothing. Here the null draws each building's rate from a Gamma fitted to the data, and events are weighed by what
they show under it (`sweep.rank.significance.ratios`). A cluster is a label, never a sort key.

References
----------
Kulldorff 1997, A spatial scan statistic. Communications in Statistics 26(6), 1481-1496.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from geodata.arrays import Float64s, Int64s
from sweep.rank.significance.overdispersion import draw_counts, fit_gamma_poisson
from sweep.rank.significance.ratios import Ratios
from sweep.rank.significance.windows import grow_windows

# Simulations held at a time: 10,000 buildings take 16 MB.
BATCH = 100


@dataclass(frozen=True, slots=True)
class ScanSettings:
    """How the scan looks."""

    radius_m: float = 500.0
    """Radius of the largest circle, 300 to 800 m."""
    n_simulations: int = 999
    alpha: float = 0.05
    """Largest p of the clusters that are listed after the first."""
    seed: int = 1
    is_poisson: bool = False
    """The textbook null of one rate for all; only to compare."""


@dataclass(frozen=True, slots=True)
class ScanCluster:
    """One circle with more events than its firms would have by chance."""

    rows: tuple[int, ...]
    """Buildings inside, nearest to the centre first."""
    radius_m: float
    n_events: int
    expected: float
    relative_risk: float
    """Rate inside over rate outside; infinite if there is no event outside."""
    llr: float
    """Log-likelihood ratio of the weighed events."""
    p_value: float


@dataclass(frozen=True, slots=True)
class Scan:
    """What a scan found."""

    clusters: tuple[ScanCluster, ...]
    """The most likely one, whatever its p, then those with p <= alpha; none shares a building with an earlier one."""
    shape: float
    """Shape of the Gamma of the null, the mean where buildings have their own; infinite: Poisson."""
    simulated: Float64s
    """The highest ratio of each simulation."""


def scan(
    counts: Int64s, population: Float64s, points_m: Float64s, settings: ScanSettings, shapes: Float64s | None = None
) -> Scan:
    """
    Scan buildings for clusters of events.

    Parameters
    ----------
    counts
        Events, one for each however many leads it has, shape (n,), >= 0.
    population
        Firms at risk, shape (n,); buildings with none are left out.
    points_m
        Shape (n, 2).
    settings
        How to look.
    shapes
        Of each building's Gamma under the null, > 0, shape (n,); None: one for all, fitted to the counts.

    Raises
    ------
    ValueError
        If shapes differ, a count is below 0, or a place or population is not finite.
    """
    if counts.shape != population.shape or np.any(counts < 0):
        raise ValueError("counts must be >= 0 and have the shape of population")
    if not np.all(np.isfinite(population)):
        raise ValueError("population must be finite")
    at_risk = np.flatnonzero(population > 0)
    counts, population = counts[at_risk], population[at_risk]
    windows = grow_windows(points_m[at_risk], population, settings.radius_m)
    total = int(counts.sum())
    if total == 0 or not windows.is_end.any():
        return Scan((), np.inf, np.zeros(0))
    if settings.is_poisson:
        shape: float | Float64s = np.inf
    else:
        shape = fit_gamma_poisson(counts, population).shape if shapes is None else shapes[at_risk]
    ratios = Ratios(windows, total / population.sum() * population, shape)
    simulated = _simulate(population, total, shape, ratios, settings)
    clusters = _clusters(counts, ratios, simulated, at_risk, settings.alpha)
    return Scan(clusters, float(np.mean(shape)), simulated)


def _simulate(
    population: Float64s, total: int, shape: float | Float64s, ratios: Ratios, settings: ScanSettings
) -> Float64s:
    rng = np.random.default_rng(settings.seed)
    sizes = [min(BATCH, settings.n_simulations - k) for k in range(0, settings.n_simulations, BATCH)]
    parts = [ratios.highest(draw_counts(rng, population, total, shape, size)) for size in sizes]
    return np.concatenate(parts) if parts else np.zeros(0)


def _clusters(
    counts: Int64s, ratios: Ratios, simulated: Float64s, at_risk: NDArray[np.intp], alpha: float
) -> tuple[ScanCluster, ...]:
    """The highest ratio first; then, of the circles that share no building with one before, the next highest."""
    windows, total = ratios.windows, int(counts.sum())
    # Rounded, so that one circle found from two centres is a tie, and goes to the first centre.
    llr = np.round(ratios.of(counts), 9)
    n_higher = len(simulated) - np.searchsorted(np.sort(np.round(simulated, 9)), llr, side="left")
    p_values = (1 + n_higher) / (len(simulated) + 1)
    best = int(llr.argmax())
    candidates = np.flatnonzero((llr > 0) & ((p_values <= alpha) | (np.arange(len(llr)) == best)))
    taken = np.zeros(len(counts), dtype=bool)
    found: list[ScanCluster] = []
    for k in candidates[np.argsort(-llr[candidates], kind="stable")]:
        centre = int(np.searchsorted(windows.start, k, side="right")) - 1
        rows = windows.near[windows.start[centre] : k + 1]
        if taken[rows].any():
            continue
        taken[rows] = True
        n_inside, expected = int(counts[rows].sum()), float(windows.share[k]) * total
        n_outside, rest = total - n_inside, total - expected
        risk = n_inside / expected / (n_outside / rest) if n_outside else np.inf
        inside = tuple(int(row) for row in at_risk[rows])
        radius, p_value = float(windows.radius_m[k]), float(p_values[k])
        found.append(ScanCluster(inside, radius, n_inside, expected, risk, float(llr[k]), p_value))
    return tuple(found)
