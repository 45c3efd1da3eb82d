"""How firm a rank is: the leads drawn again many times, and how often a building is among the first."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from geodata.array_types import Float64s, Int64s
from sweep.rank.rate.lead_model import gather_chances
from sweep.rank.rate.radius_sums import sums_within
from sweep.rank.rate.rate_posterior import fit_prior, shrunk_rates

# Draws summed over the neighbourhood together: a pair of towers is looked up once for all of them.
BATCH = 25


@dataclass(frozen=True, slots=True)
class Sample:
    """What a ranking was made from: events, and what they are compared with."""

    rows: Int64s
    """Building of each event, shape (k,)."""
    weights: Float64s
    """What each event weighs, shape (k,)."""
    exposure: Float64s
    """Firm-days of each building, shape (n,)."""
    points_m: Float64s
    """Places in metres, shape (n, 2)."""
    team_hours: Float64s
    """Hours that a visit to each building costs, shape (n,), > 0."""
    proneness: Float64s
    """Proneness of each building to leads without a den, shape (n,); the same in every draw."""


def first_k_chances(sample: Sample, radius_m: float, k: int, n_draws: int, seed: int) -> Float64s:
    """
    P(among the first k) of each building, shape (n,), by a Poisson bootstrap of the events.

    In each draw an event counts 0, 1, 2, ... times, Poisson with mean 1; prior, neighbourhood and posterior are made
    again. Buildings that tie for the last places share them, so that the chances add up to k.

    Parameters
    ----------
    k
        Places, >= 0; above n all are among the first.

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
    """P(den) per hour of each building, once for each row of `times`: how often each event is drawn."""
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
        # The order of value per hour: access and detection are common to all. Rounded, as in the ranking.
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
    """1 for the k highest scores, 0 for the rest, and for those that tie for the last places an equal share of them."""
    n = len(score)
    if k >= n:
        return np.ones(n)
    if k == 0:
        return np.zeros(n)
    cut = np.partition(score, n - k)[n - k]
    above, tied = score > cut, score == cut
    share = (k - float(above.sum())) / float(tied.sum())
    return np.asarray(above + share * tied, np.float64)
