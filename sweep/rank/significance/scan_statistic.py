"""
Where leads lie denser than chance would put them: Kulldorff's scan over circles and strips, against rates that differ.

The textbook null lets every firm have the same rate; leads that repeat or towers that differ then make a cluster out
of nothing. Here the null draws each building's rate from a Gamma fitted to the data, and events are weighed by what
they show under it (`sweep.rank.significance.likelihood_ratios`). A cluster is a label, never a sort key.

Circles and strips have each the highest ratios of their own in the simulations. Of the two p values of a simulation the
lower counts, as it does of the data, so that looking twice raises no more false alarms.

References
----------
Kulldorff 1997, A spatial scan statistic. Communications in Statistics 26(6), 1481-1496. Tippett 1931 (the least of
several p values).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from geodata.array_types import Float64s, Int64s
from sweep.rank.significance.likelihood_ratios import Ratios
from sweep.rank.significance.overdispersion import draw_counts, fit_gamma_poisson
from sweep.rank.significance.scan_windows import grow_circles, grow_strips

# Simulations held at a time: 10,000 buildings take 16 MB.
BATCH = 100


@dataclass(frozen=True, slots=True)
class ScanSettings:
    """How the scan looks."""

    radius_m: float = 500.0
    """Radius of the largest circle, 300 to 800 m; the longest strip is twice as long."""
    n_simulations: int = 999
    alpha: float = 0.05
    """Largest p of the clusters that are listed after the first."""
    seed: int = 1


@dataclass(frozen=True, slots=True)
class ScanCluster:
    """One circle or strip with more events than its firms would have by chance."""

    rows: tuple[int, ...]
    """Buildings inside, nearest to the centre or to the beginning first."""
    reach_m: float
    """Radius of a circle, length of a strip."""
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
    """The highest ratio among circles, and among strips, of each simulation; shape (2, n)."""


class Candidate(NamedTuple):
    """
    A window that may be a cluster.

    A family with more windows has higher ratios by chance: strength is how far a ratio is above the level that its own
    family passes with chance alpha.
    """

    strength: float
    llr: float
    p_value: float
    family: int
    end: int
    """Entry of the family's windows with which it ends."""


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
    shapes
        Of each building's Gamma under the null, > 0, shape (n,), infinite in the textbook null of one rate for all;
        None: one for all, fitted to the counts.

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
    places, total = points_m[at_risk], int(counts.sum())
    families = [
        grow_circles(places, population, settings.radius_m),
        grow_strips(places, population, 2.0 * settings.radius_m),
    ]
    if total == 0 or not any(windows.is_end.any() for windows in families):
        return Scan((), np.inf, np.zeros((2, 0)))
    shape = fit_gamma_poisson(counts, population).shape if shapes is None else shapes[at_risk]
    mean = total / population.sum() * population
    ratios = [Ratios(windows, mean, shape) for windows in families]
    simulated = _simulate(population, total, shape, ratios, settings)
    clusters = _clusters(counts, ratios, simulated, at_risk, settings.alpha)
    return Scan(clusters, float(np.mean(shape)), simulated)


def scan_news(old: Int64s, new: Int64s, firms: Float64s, points_m: Float64s, settings: ScanSettings) -> Scan:
    """
    Scan for windows whose new events are more than the old ones lead to expect.

    Only the present end of time is looked at: a place that always had many leads is no news. How many events are new in
    all is given: a rise over the whole city is no window's news. What is known of each building's rate from before is a
    Gamma, from which its events are drawn under the null.

    Parameters
    ----------
    old, new
        Events before and in the last days, shape (n,), >= 0. How long either lasted does not matter.

    References
    ----------
    Kulldorff 2001, Prospective time periodic geographical disease surveillance using a scan statistic.
    """
    expected, shape = np.zeros(len(firms)), np.full(len(firms), np.inf)
    at_risk = firms > 0
    before = fit_gamma_poisson(old[at_risk], firms[at_risk])
    if before.rate <= 0 or np.isinf(before.shape):
        # Nothing is known of single buildings, or all have one rate.
        expected[at_risk] = firms[at_risk]
    else:
        shape[at_risk] = before.shape + old[at_risk]
        expected[at_risk] = shape[at_risk] * firms[at_risk] / (before.shape / before.rate + firms[at_risk])
    return scan(new, expected, points_m, settings, shape)


def _simulate(
    population: Float64s, total: int, shape: float | Float64s, families: Sequence[Ratios], settings: ScanSettings
) -> Float64s:
    rng = np.random.default_rng(settings.seed)
    sizes = [min(BATCH, settings.n_simulations - k) for k in range(0, settings.n_simulations, BATCH)]
    parts = [np.zeros((len(families), 0))]
    for size in sizes:
        drawn = draw_counts(rng, population, total, shape, size)
        parts.append(np.array([ratios.highest(drawn) for ratios in families]))
    return np.concatenate(parts, axis=1)


def _clusters(
    counts: Int64s, families: Sequence[Ratios], simulated: Float64s, at_risk: NDArray[np.intp], alpha: float
) -> tuple[ScanCluster, ...]:
    """The strongest window first; then, of those that share no building with one before, the next strongest."""
    candidates, total = _candidates(counts, families, simulated, alpha), int(counts.sum())
    taken = np.zeros(len(counts), dtype=bool)
    found: list[ScanCluster] = []
    for _, llr, p_value, family, k in candidates:
        windows = families[family].windows
        beginning = int(np.searchsorted(windows.start, k, side="right")) - 1
        rows = windows.near[windows.start[beginning] : k + 1]
        if taken[rows].any():
            continue
        taken[rows] = True
        n_inside, expected = int(counts[rows].sum()), float(windows.share[k]) * total
        n_outside, rest = total - n_inside, total - expected
        risk = n_inside / expected / (n_outside / rest) if n_outside else np.inf
        inside = tuple(int(row) for row in at_risk[rows])
        found.append(ScanCluster(inside, float(windows.reach_m[k]), n_inside, expected, risk, llr, p_value))
    return tuple(found)


def _candidates(counts: Int64s, families: Sequence[Ratios], simulated: Float64s, alpha: float) -> list[Candidate]:
    """The windows that may be clusters, strongest first."""
    n, found = simulated.shape[1], []
    # Rounded, so that one window found from two beginnings is a tie, and goes to the first.
    simulated = np.round(simulated, 9)
    nulls = np.sort(simulated, axis=1)
    least = np.sort(np.min([_n_as_high(null, own) for null, own in zip(nulls, simulated, strict=True)], axis=0))
    for family, (ratios, null) in enumerate(zip(families, nulls, strict=True)):
        llr = np.round(ratios.of(counts), 9)
        p = (1 + np.searchsorted(least, _n_as_high(null, llr), side="right")) / (n + 1)
        level = float(np.quantile(null, 1.0 - alpha)) if n else 0.0
        is_best = np.arange(len(llr)) == llr.argmax()
        found += [
            Candidate(float(llr[k]) - level, float(llr[k]), float(p[k]), family, int(k))
            for k in np.flatnonzero((llr > 0) & ((p <= alpha) | is_best))
        ]
    # Of both families' best the stronger is told, whatever its p.
    found.sort(key=lambda one: (-one.strength, one.family, one.end))
    return [one for place, one in enumerate(found) if place == 0 or one.p_value <= alpha]


def _n_as_high(null: Float64s, ratios: Float64s) -> Int64s:
    """How many simulations, their highest ratios sorted, have one as high as each ratio."""
    return np.asarray(len(null) - np.searchsorted(null, ratios))
