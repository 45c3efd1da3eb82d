"""
Kulldorff's spatial scan statistic over circles and strips, with an overdispersed null hypothesis.

In the textbook null every firm has the same rate; duplicate leads or unequal buildings then cause false clusters. Here
the null draws each building's rate from a distribution fitted to the data, with no assumption on its form. A window is
judged by the likelihood of a multiple of its buildings' rates (`sweep.rank.significance.likelihood_ratios`). A
cluster is a label, never a sort key.

Circles and strips each have their own distribution of maximum ratios in the simulations. The smaller of the two
p-values counts, in the data and in each simulation (Tippett), so that two families do not raise the false-alarm rate.

References
----------
Kulldorff 1997, A spatial scan statistic. Communications in Statistics 26(6), 1481-1496. Tippett 1931 (minimum of
several p-values).
"""

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from os import cpu_count
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from geodata.array_types import Float64s, Int64s
from sweep.rank.rate.poisson_rate_mixture import RateMixture, fit_rates
from sweep.rank.significance.likelihood_ratios import LikelihoodRatioTable, highest_scores, window_scores
from sweep.rank.significance.overdispersed_counts import draw_counts
from sweep.rank.significance.scan_windows import ScanWindows, grow_circles, grow_strips

# Simulations in memory at a time in each thread: 16 MB for 10,000 buildings.
BATCH = 100


@dataclass(frozen=True, slots=True)
class ScanSettings:
    """Parameters of the scan for clusters."""

    radius_m: float = 500.0
    """Radius of the largest circle, 300 to 800 m; the longest strip is twice as long."""
    n_simulations: int = 999
    """Number of random data sets without clusters from which p-values are computed."""
    alpha: float = 0.05
    """Largest p-value of listed clusters after the first."""
    seed: int = 1
    """Seed of these data sets."""


@dataclass(frozen=True, slots=True)
class ScanCluster:
    """Circle or strip of buildings with more events than the number of firms inside makes likely."""

    rows: tuple[int, ...]
    """Rows in the scanned arrays of the buildings inside, nearest to the circle's centre or the strip's start first."""
    reach_m: float
    """Radius of a circle, length of a strip."""
    n_events: int
    """Events inside."""
    expected: float
    """Events expected inside at the rate of all firms."""
    relative_risk: float
    """Rate inside / rate outside; infinite without events outside."""
    llr: float
    """Log-likelihood ratio of raised to usual rates, summed over the buildings inside, see `LikelihoodRatioTable`."""
    p_value: float
    """Monte Carlo p-value: share of data sets with a window as extreme, among the simulated ones and this one."""
    n_raised: int
    """Number of buildings inside whose own count is likelier at a raised rate than at usual rates."""


class Candidate(NamedTuple):
    """
    Window that may be a cluster.

    A family (circles or strips) with more windows has higher ratios by chance. So `strength` is the window's ratio less
    its family's critical ratio, which the largest ratio of a random data set exceeds with probability alpha.
    """

    strength: float
    llr: float
    """Log-likelihood ratio of the window, as in `ScanCluster`."""
    p_value: float
    family: int
    """0: circle, 1: strip."""
    end: int
    """Index of the window in the arrays of its family's `ScanWindows`."""


def scan(
    counts: Int64s, population: Float64s, points_m: Float64s, settings: ScanSettings, null: RateMixture | None = None
) -> tuple[ScanCluster, ...]:
    """
    Return the clusters of events among buildings, by circles and strips.

    The most likely cluster comes first regardless of its p, then those with p <= alpha; they share no building.

    Parameters
    ----------
    counts
        Events of each building, shape (n,), >= 0; an event with several leads counts once.
    population
        Firms at risk, shape (n,); buildings without firms are left out.
    null
        Common distribution of the rates under the null; None: fitted to the counts.

    Raises
    ------
    ValueError
        If shapes differ, a count is below 0, or a coordinate or population is not finite.
    """
    if counts.shape != population.shape or np.any(counts < 0):
        raise ValueError("counts must be >= 0 and have the shape of population")
    if not np.all(np.isfinite(population)):
        raise ValueError("population must be finite")
    at_risk = np.flatnonzero(population > 0)
    mixture = fit_rates(counts[at_risk], population[at_risk]) if null is None else null
    return _scan(counts, population, points_m, settings, at_risk, mixture)


def scan_prospective(
    old: Int64s, new: Int64s, firms: Float64s, points_m: Float64s, settings: ScanSettings
) -> tuple[ScanCluster, ...]:
    """
    Return windows with more new events than the old events predict (prospective scan).

    Only the latest period is tested: a place with a constant high rate is no news. The total of new events is fixed, so
    a city-wide rise is no cluster. Under the null, each building's rate follows its posterior given the old events.

    Parameters
    ----------
    old, new
        Events before and in the last days, shape (n,), >= 0; the lengths of both periods are irrelevant.
    firms
        Firms of each building, shape (n,).

    References
    ----------
    Kulldorff 2001, Prospective time periodic geographical disease surveillance using a scan statistic.
    """
    at_risk = np.flatnonzero(firms > 0)
    before, at = old[at_risk], firms[at_risk]
    return _scan(new, firms, points_m, settings, at_risk, fit_rates(before, at).given(before, at))


def _scan(
    counts: Int64s,
    population: Float64s,
    points_m: Float64s,
    settings: ScanSettings,
    at_risk: NDArray[np.intp],
    mixture: RateMixture,
) -> tuple[ScanCluster, ...]:
    counts, places, total = counts[at_risk], points_m[at_risk], int(counts[at_risk].sum())
    expected = mixture.expected(population[at_risk])
    radius = settings.radius_m
    families = [grow_circles(places, expected, radius), grow_strips(places, expected, 2.0 * radius)]
    if total == 0 or not any(windows.is_end.any() for windows in families):
        return ()
    # The total is fixed: the null says which buildings have more of it than others.
    scaled = population[at_risk] * total / expected.sum()
    scores = LikelihoodRatioTable(scaled, mixture)
    simulated = _simulate(scaled, total, mixture, scores, families, settings)
    return _clusters(counts, scores.of(counts), families, simulated, at_risk, settings.alpha)


def _simulate(
    population: Float64s,
    total: int,
    mixture: RateMixture,
    scores: LikelihoodRatioTable,
    families: Sequence[ScanWindows],
    settings: ScanSettings,
) -> Float64s:
    def highest(first: int) -> Float64s:
        rng, size = np.random.default_rng([settings.seed, first]), min(BATCH, settings.n_simulations - first)
        drawn = scores.of(draw_counts(rng, population, total, mixture, size))
        return np.array([highest_scores(drawn, windows) for windows in families])

    with ThreadPoolExecutor(cpu_count()) as pool:
        parts = pool.map(highest, range(0, settings.n_simulations, BATCH))
        return np.concatenate([np.zeros((len(families), 0)), *parts], axis=1)


def _clusters(
    counts: Int64s,
    scores: Float64s,
    families: Sequence[ScanWindows],
    simulated: Float64s,
    at_risk: NDArray[np.intp],
    alpha: float,
) -> tuple[ScanCluster, ...]:
    """
    Return the strongest window, then repeatedly the next strongest that shares no building with earlier ones.

    `scores`: log-likelihood ratio of each building. `simulated`: largest ratio in each random data set, one row for
    each of `families`. `at_risk`: row of each building in the table of the caller. `alpha`: largest p-value of the
    later windows.
    """
    candidates, total = _candidates(scores, families, simulated, alpha), int(counts.sum())
    taken = np.zeros(len(counts), dtype=bool)
    found: list[ScanCluster] = []
    for _, llr, p_value, family, k in candidates:
        windows = families[family]
        beginning = int(np.searchsorted(windows.start, k, side="right")) - 1
        rows = windows.near[windows.start[beginning] : k + 1]
        if taken[rows].any():
            continue
        taken[rows] = True
        n_inside, expected = int(counts[rows].sum()), float(windows.share[k]) * total
        n_outside, rest = total - n_inside, total - expected
        risk = n_inside / expected / (n_outside / rest) if n_outside else np.inf
        inside = tuple(int(row) for row in at_risk[rows])
        n_raised = int((scores[rows] > 0.0).sum())
        found.append(ScanCluster(inside, float(windows.reach_m[k]), n_inside, expected, risk, llr, p_value, n_raised))
    return tuple(found)


def _candidates(
    scores: Float64s, families: Sequence[ScanWindows], simulated: Float64s, alpha: float
) -> list[Candidate]:
    """
    Return the strongest window, then the other windows with p <= `alpha`, by descending strength.

    `scores`: log-likelihood ratio of each building. `simulated`: largest ratio in each random data set, one row for
    each of `families`.
    """
    n, found = simulated.shape[1], []
    # Rounded, so that a window with two possible starts is a tie and the first one wins.
    simulated = np.round(simulated, 6)
    nulls = np.sort(simulated, axis=1)
    least = np.sort(np.min([_n_as_high(null, own) for null, own in zip(nulls, simulated, strict=True)], axis=0))
    for family, (windows, null) in enumerate(zip(families, nulls, strict=True)):
        llr = np.round(window_scores(scores, windows), 6)
        p = (1 + np.searchsorted(least, _n_as_high(null, llr), side="right")) / (n + 1)
        level = float(np.quantile(null, 1.0 - alpha)) if n else 0.0
        is_best = np.arange(len(llr)) == llr.argmax()
        found += [
            Candidate(float(llr[k]) - level, float(llr[k]), float(p[k]), family, int(k))
            for k in np.flatnonzero((llr > 0) & ((p <= alpha) | is_best))
        ]
    # The stronger of both families' best windows is listed regardless of its p.
    found.sort(key=lambda one: (-one.strength, one.family, one.end))
    return [one for place, one in enumerate(found) if place == 0 or one.p_value <= alpha]


def _n_as_high(null: Float64s, ratios: Float64s) -> Int64s:
    return np.asarray(len(null) - np.searchsorted(null, ratios))
