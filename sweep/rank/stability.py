"""How firm a rank is: the leads drawn again many times, and how often a building is among the first."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array

from sweep.rank.density import fit_prior, neighbours, shrunk_rates

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Evidence:
    """What a ranking was made from: events, and what they are compared with."""

    rows: Ints
    """Building of each event, shape (k,)."""
    weights: Floats
    """What each event weighs, shape (k,)."""
    exposure: Floats
    """Firm-days, shape (n,)."""
    points_m: Floats
    """Shape (n, 2)."""
    team_hours: Floats
    """Shape (n,), > 0."""


def first_k_chances(evidence: Evidence, radius_m: float, k: int, n_draws: int, seed: int) -> Floats:
    """
    P(among the first k) of each building, shape (n,), by a Poisson bootstrap of the events.

    In each draw an event counts 0, 1, 2, ... times, Poisson with mean 1; prior, neighbourhood and posterior are made
    anew. Buildings that tie for the last places share them, so that the chances add up to k.

    Parameters
    ----------
    evidence
        Events and exposure.
    radius_m
        Of the neighbourhood.
    k
        Places, >= 0; above n all are among the first.
    n_draws
        Bootstrap draws, > 0.
    seed
        Same seed, same chances.

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
    near = neighbours(evidence.points_m, radius_m)
    near_exposure = np.asarray(near @ evidence.exposure)
    total = np.zeros(len(evidence.exposure))
    for _ in range(n_draws):
        total += first_k(_scores(evidence, near, near_exposure, rng.poisson(1.0, len(evidence.rows))), k)
    return total / n_draws


def _scores(evidence: Evidence, near: csr_array, near_exposure: Floats, times: Ints) -> Floats:
    exposure = evidence.exposure
    counts = np.bincount(evidence.rows, weights=evidence.weights * times, minlength=len(exposure))
    drawn = np.repeat(evidence.weights, times)
    prior = fit_prior(counts, exposure, drawn)
    if prior.mean_rate <= 0:
        return np.zeros(len(exposure))
    local = shrunk_rates(np.asarray(near @ np.where(exposure > 0, counts, 0.0)), near_exposure, prior)
    shape = prior.shape + counts / prior.dispersion
    mean = shape / (prior.shape / local + exposure / prior.dispersion)
    # The order of value per hour: access and detection are common to all. Rounded, as in the ranking.
    return np.asarray(np.round(-np.expm1(-mean * exposure) / evidence.team_hours, 12))


def first_k(score: Floats, k: int) -> Floats:
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
