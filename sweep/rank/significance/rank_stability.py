"""Stability of ranks: bootstrap of the leads, and share of draws with a building among the first k."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from geodata.array_types import Float64s, Int64s
from sweep.rank.rate.lead_model import gather_chances
from sweep.rank.rate.radius_sums import sums_within
from sweep.rank.rate.rate_posterior import fit_prior, shrunk_rates

# Draws summed in one neighbourhood query: each pair of buildings is found once for all of them.
BATCH = 25


@dataclass(frozen=True, slots=True)
class Sample:
    """Input of a ranking that the bootstrap resamples: events, exposure and costs of visits."""

    rows: Int64s
    """Row number of the building of each event, shape (k,)."""
    weights: Float64s
    """Weight of each event, shape (k,)."""
    exposure: Float64s
    """Firm-days of each building, shape (n,)."""
    points_m: Float64s
    """Coordinates in metres, shape (n, 2)."""
    team_hours: Float64s
    """Hours of a visit to each building, shape (n,), > 0."""
    proneness: Float64s
    """Rate of false leads of each building relative to others of its size, shape (n,); equal in every draw."""


def first_k_chances(sample: Sample, radius_m: float, k: int, n_draws: int, seed: int) -> Float64s:
    """
    Return P(among the first k by value per hour) of each building, (n,), by a Poisson bootstrap of the events.

    In each draw the multiplicity of an event is Poisson with mean 1; prior, neighbourhood and posterior are recomputed.
    Buildings tied for the last places share them, so that the probabilities sum to k.

    Parameters
    ----------
    radius_m
        Radius of the neighbourhood, metres.
    k
        Number of places, >= 0; above n, all buildings are among the first.

    Raises
    ------
    ValueError
        If k is below 0 or there is no draw.

    References
    ----------
    Hanley & MacGibbon 2006, Creating non-parametric bootstrap samples using Poisson frequencies.
    """
    if k < 0 or n_draws < 1:
        raise ValueError(f"k must be >= 0 and n_draws > 0, got {k} and {n_draws}")
    rng = np.random.default_rng(seed)
    total = np.zeros(len(sample.exposure))
    for start in range(0, n_draws, BATCH):
        times = rng.poisson(1.0, (min(BATCH, n_draws - start), len(sample.rows)))
        for score in _scores(sample, radius_m, times):
            total += first_k(score, k)
    return total / n_draws


def _scores(sample: Sample, radius_m: float, times: Int64s) -> Iterator[Float64s]:
    """
    Yield, for each bootstrap draw, the P(den) per team-hour of each building.

    `times`: how often each event was drawn, one row for each draw.
    """
    exposure, weights, n = sample.exposure, sample.weights, len(sample.exposure)
    drawn_counts = [np.bincount(sample.rows, weights=weights * t, minlength=n) for t in times]
    counts = np.array(drawn_counts).reshape(len(times), n)
    near = sums_within(sample.points_m, radius_m, np.vstack([np.where(exposure > 0, counts, 0.0), exposure]).T)
    for drawn, own_counts, near_counts in zip(times, counts, near.T, strict=False):
        prior = fit_prior(own_counts, exposure, np.repeat(weights, drawn))
        local, unreported = np.zeros(n), np.zeros(n)
        if prior.mean_rate > 0:
            local = shrunk_rates(near_counts, near[:, -1], prior)
            shape = prior.shape + own_counts / prior.dispersion
            unreported = shape / (prior.shape / local + exposure / prior.dispersion) * exposure
        # Proportional to value per hour, since access and detection are common. Rounded, as in the ranking.
        chances = gather_chances(
            sample.rows,
            weights,
            unreported=unreported,
            prior_odds=local * exposure,
            proneness=sample.proneness,
            times=drawn,
        )
        yield np.asarray(np.round(chances.p_den / sample.team_hours, 12))


def first_k(score: Float64s, k: int) -> Float64s:
    """Return 1 for the k highest scores, else 0; scores tied for the last places get an equal fraction."""
    n = len(score)
    if k >= n:
        return np.ones(n)
    if k == 0:
        return np.zeros(n)
    cut = np.partition(score, n - k)[n - k]
    above, tied = score > cut, score == cut
    share = (k - float(above.sum())) / float(tied.sum())
    return np.asarray(above + share * tied, np.float64)
