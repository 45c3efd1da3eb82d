"""Overdispersed counts: Gamma-Poisson (negative binomial) model, fitted by maximum likelihood, and draws."""

from dataclasses import dataclass

import numpy as np
from scipy.optimize import minimize_scalar
from scipy.special import betainc, gammainc, gammaln

from geodata.array_types import Float64s, Int64s

# At shape 0.02 all leads are at one building in fifty; from 1e4 on the distribution is Poisson.
SHAPE_MIN, SHAPE_MAX = 0.02, 1e4


@dataclass(frozen=True, slots=True)
class GammaPoisson:
    """Counts with mean `rate` x population and variance mean + mean^2 / `shape`."""

    rate: float
    """Events per firm, >= 0."""
    shape: float
    """Gamma shape of the buildings' rates; infinite: Poisson."""


def fit_gamma_poisson(counts: Int64s, population: Float64s) -> GammaPoisson:
    """Return the model most likely for counts and populations > 0, shape (n,); Poisson if it fits as well."""
    total = int(counts.sum())
    if total == 0:
        return GammaPoisson(0.0, np.inf)
    ratio = total / float(population.sum())

    def loss(log_shape: float) -> float:
        shape = float(np.exp(log_shape))
        return -_log_likelihood(counts, _rate(counts, population, shape, ratio) * population, shape)

    found = minimize_scalar(loss, bounds=(np.log(SHAPE_MIN), np.log(SHAPE_MAX)), method="bounded")
    shape = float(np.exp(found.x))
    mean = ratio * population
    flat = float((counts * np.log(mean) - mean - gammaln(counts + 1.0)).sum())
    if flat >= -float(found.fun):
        return GammaPoisson(ratio, np.inf)
    return GammaPoisson(_rate(counts, population, shape, ratio), shape)


def _rate(counts: Int64s, population: Float64s, shape: float, start: float) -> float:
    """Return the maximum-likelihood rate at a given shape: a mean with weights 1 / (1 + mean / shape)."""
    rate = start
    for _ in range(50):
        weight = 1.0 / (1.0 + rate * population / shape)
        better = float((weight * counts).sum() / (weight * population).sum())
        if abs(better - rate) <= 1e-12 * rate:
            return better
        rate = better
    return rate


def _log_likelihood(counts: Int64s, mean: Float64s, shape: float) -> float:
    gammas = gammaln(counts + shape) - gammaln(shape) - gammaln(counts + 1.0)
    return float((gammas + counts * np.log(mean / (mean + shape)) - shape * np.log1p(mean / shape)).sum())


def exceedance(counts: Int64s, population: Float64s, model: GammaPoisson) -> Float64s:
    """Return, for each building, the model's probability of at least the observed count, shape (n,)."""
    mean = model.rate * population
    some, shape = np.maximum(counts, 1), model.shape
    chance = gammainc(some, mean) if np.isinf(shape) else betainc(some, shape, mean / (shape + mean))
    return np.where(counts > 0, chance, 1.0)


def draw_counts(
    rng: np.random.Generator, population: Float64s, total: int, shape: float | Float64s, n_draws: int
) -> Int64s:
    """
    Draw counts of `total` events on buildings with random rates, shape (n_draws, n).

    Each building's rate is Gamma distributed with mean 1 and the given shape, common or its own; the counts are
    multinomial with rate x population. The total is fixed, as in Kulldorff's test, which is the case of an infinite
    shape.
    """
    weight = np.broadcast_to(population, (n_draws, len(population)))
    if np.all(np.isfinite(shape)):
        # A small shape can give rates that are all 0.
        weight = weight * np.maximum(rng.gamma(shape, 1.0 / shape, weight.shape), 1e-300)
    return np.asarray(rng.multinomial(total, weight / weight.sum(axis=1, keepdims=True)), np.int64)


def exceedance_q(counts: Int64s, population: Float64s) -> Float64s:
    """
    Return the q-value of each building, shape (n,); of those with q <= 0.05, 1 in 20 is listed wrongly.

    The Gamma-Poisson is fitted to all buildings including outliers, which is conservative. NaN without firms.

    References
    ----------
    Benjamini & Hochberg 1995, Controlling the false discovery rate.
    """
    q = np.full(len(counts), np.nan)
    at_risk = population > 0
    if at_risk.any():
        model = fit_gamma_poisson(counts[at_risk], population[at_risk])
        p = exceedance(counts[at_risk], population[at_risk], model)
        q[at_risk] = _false_discovery_q(np.clip(p, 0.0, 1.0))
    return q


def _false_discovery_q(p: Float64s) -> Float64s:
    """Return the smallest false discovery rate at which each p-value would be listed, shape (n,)."""
    order = np.argsort(-p)
    n_below = np.arange(len(p), 0, -1)
    q = np.empty(len(p))
    q[order] = np.minimum.accumulate(p[order] * len(p) / n_below)
    return q
