"""Rankings to set side by side: each a function from what is known on a day to a score of every place."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np
from scipy.sparse import csr_array
from scipy.spatial import cKDTree

from geodata.arrays import Float64s, Int64s
from sweep.rank.rate.density import fit_prior, local_rates
from sweep.rank.rate.exposure import decayed_weight, effective_days
from sweep.rank.rate.radius_sums import sums_within


@dataclass(frozen=True, slots=True)
class Snapshot:
    """What is known on one day: places, and the events before it."""

    day: float
    """Days since the first event that counts."""
    rows: Int64s
    """Place of each event, shape (k,)."""
    age_days: Float64s
    """Days from each event to the day, shape (k,), > 0."""
    points_m: Float64s
    """Places in metres, shape (n, 2)."""
    population: Float64s
    """Firms at each place, or 1 a cell, shape (n,)."""
    seed: int

    @property
    def counts(self) -> Float64s:
        """Events at each place."""
        return np.bincount(self.rows, minlength=len(self.population)).astype(np.float64)


# A score for every place; the higher the sooner.
Score = Callable[[Snapshot], Float64s]


@dataclass(frozen=True, slots=True)
class Method:
    """One ranking: to try another, write a function from `Snapshot` to scores."""

    key: str
    """Name of the method; its text is in the catalogue under `backtest.method.<key>`."""
    score: Score
    probability: Score | None = None
    """P(find) of a visit, if the method gives one: it is then held against what visits found."""


def remembered(method: Method) -> Method:
    """The method, its scores of a day made once: they are asked for by every measure."""
    kept: dict[float, Float64s] = {}

    def score(known: Snapshot) -> Float64s:
        if known.day not in kept:
            kept[known.day] = method.score(known)
        return kept[known.day]

    return replace(method, score=score)


def raw_count(known: Snapshot) -> Float64s:
    """Events so far."""
    return known.counts


def raw_rate(known: Snapshot) -> Float64s:
    """Events over population; a place with none comes last."""
    return np.divide(known.counts, known.population, out=np.zeros_like(known.population), where=known.population > 0)


def decayed_per_hour(effort_h: Float64s, half_life_days: float) -> Score:
    """Decayed events per hour of a visit: the simple rule that any ranking must beat."""

    def score(known: Snapshot) -> Float64s:
        weight = decayed_weight(known.age_days, np.full(len(known.rows), half_life_days))
        return np.bincount(known.rows, weights=weight, minlength=len(known.population)) / effort_h

    return score


def expected_per_hour(rate: Score, effort_h: Float64s) -> Score:
    """Events to come per hour of a visit, of a rate per firm."""
    return lambda known: rate(known) * known.population / effort_h


def per_hour(events: Score, effort_h: Float64s) -> Score:
    """Events to come per hour of a visit, of a score that is events to come at each place."""
    return lambda known: events(known) / effort_h


def random_order(known: Snapshot) -> Float64s:
    """Scores by chance: the ranking that knows nothing."""
    return np.random.default_rng([known.seed, int(known.day)]).random(len(known.population))


def kernel_density(points_m: Float64s, bandwidth_m: float) -> Score:
    """A heat map: Gaussian kernels, cut at three bandwidths."""
    near = cKDTree(points_m).sparse_distance_matrix(cKDTree(points_m), 3.0 * bandwidth_m, output_type="coo_matrix")
    weight = np.exp(-0.5 * (near.data / bandwidth_m) ** 2)
    kernel = csr_array((weight, (near.row, near.col)), shape=near.shape)
    return lambda known: np.asarray(kernel @ known.counts)


def local_gi(points_m: Float64s, radius_m: float) -> Score:
    """
    Gi*: the z-score of the events within a radius, the place itself among them.

    References
    ----------
    Ord & Getis 1995, Local spatial autocorrelation statistics.
    """
    n = len(points_m)

    def score(known: Snapshot) -> Float64s:
        x = known.counts
        near = sums_within(points_m, radius_m, np.column_stack([x, np.ones(n)]))
        size = near[:, 1] + 1.0
        spread = float(x.std()) * np.sqrt(np.maximum((n * size - size**2) / max(n - 1, 1), 0.0))
        excess = near[:, 0] + x - x.mean() * size
        return np.divide(excess, spread, out=np.zeros(n), where=spread > 0)

    return score


def local_bayes(points_m: Float64s, radius_m: float, half_life_days: float) -> Score:
    """The posterior rate of this ranking for events of one type: decayed, and pulled to the neighbours' rate."""

    def score(known: Snapshot) -> Float64s:
        weight = decayed_weight(known.age_days, np.full(len(known.rows), half_life_days))
        counts = np.bincount(known.rows, weights=weight, minlength=len(known.population)).astype(np.float64)
        exposure = known.population * effective_days(half_life_days, max(known.day, 1.0))
        prior = fit_prior(counts, exposure, weight)
        if prior.mean_rate <= 0:
            return np.zeros(len(counts))
        local = local_rates(counts, exposure, points_m, radius_m, prior)
        shape = prior.shape + counts / prior.dispersion
        return np.asarray(shape / (prior.shape / local + exposure / prior.dispersion))

    return score
