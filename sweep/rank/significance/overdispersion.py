"""Overdispersed counts: Gamma-Poisson (negative binomial) model, with or without towers, fitted and drawn from."""

from dataclasses import dataclass, replace

import numpy as np
from scipy.optimize import minimize, minimize_scalar
from scipy.special import betainc, expit, gammainc, gammaln

from geodata.array_types import Float64s, Int64s

# At shape 0.02 all leads are at one building in fifty; from 1e4 on the distribution is Poisson.
SHAPE_MIN, SHAPE_MAX = 0.02, 1e4
# In place of an infinite shape, which has no logarithm.
SHAPE_POISSON = 1e12
# Weak normal priors (mean, standard deviation) of the log-odds of a tower, and of the log of its additional mean rate.
TOWER_LOG_ODDS = (-3.0, 1.5)
TOWER_LOG_TIMES = (1.5, 1.0)
# Firms of buildings are rounded to steps of 2 % in the fit: most buildings then share a cell with others.
CELL_LOG_FIRMS = 0.02


@dataclass(frozen=True, slots=True)
class GammaPoisson:
    """
    Counts with mean `rate` x population and variance mean + mean^2 / `shape`, except at towers.

    A building is a tower (a place with many times the usual rate) with probability `tower_share`. The rate of a tower
    is exponential with mean `tower_times` x `rate`.
    """

    rate: float
    """Events per firm, >= 0."""
    shape: float | Float64s
    """Gamma shape of the buildings' rates, common or of each building; infinite: Poisson."""
    tower_share: float = 0.0
    tower_times: float = 1.0

    def log_chances(self, counts: Int64s, mean: Float64s, row: Int64s) -> Float64s:
        """
        Return the log-probability of m counts, shape (m,), up to a term that only depends on the count.

        Parameters
        ----------
        mean
            Expected events of each count without the tower component, shape (m,).
        row
            Building of each count, its place in `shape`, shape (m,).
        """
        shape = np.minimum(self.shape if np.ndim(self.shape) == 0 else np.asarray(self.shape)[row], SHAPE_POISSON)
        calm = counts * np.log(mean / (shape + mean)) - shape * np.log1p(mean / shape)
        if self.tower_share == 0.0:
            return np.asarray(calm)
        rising = np.arange(int(counts.max(initial=0)) + 1.0)
        relative = (gammaln(1.0 + rising) - gammaln(shape + rising) + gammaln(shape))[counts]
        most = self.tower_times * mean
        tower = relative - np.log1p(most) + counts * np.log(most / (1.0 + most))
        return np.asarray(np.logaddexp(np.log1p(-self.tower_share) + calm, np.log(self.tower_share) + tower))


def fit_gamma_poisson(counts: Int64s, population: Float64s) -> GammaPoisson:
    """Return the most likely model of counts in buildings of `population` firms, > 0, (n,); Poisson if as likely."""
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


def fit_towers(counts: Int64s, population: Float64s) -> GammaPoisson:
    """
    Return the model with towers (maximum a posteriori) if it fits significantly better, else `fit_gamma_poisson`.

    `population`: firms of each building, > 0. The tail of a Gamma alone is too light for towers, which are buildings
    with many times the usual rate, and for log-normal rates.
    """
    plain = fit_gamma_poisson(counts, population)
    if plain.rate <= 0.0:
        return plain
    firms = np.exp(np.rint(np.log(population) / CELL_LOG_FIRMS) * CELL_LOG_FIRMS)
    cells, times = np.unique(np.column_stack([counts, firms]), axis=0, return_counts=True)
    n_events, n_firms = cells[:, 0].astype(np.int64), cells[:, 1]
    row = np.arange(len(cells))
    rising = np.arange(int(counts.max()) + 1.0)

    def cost(model: GammaPoisson) -> float:
        shape = min(float(model.shape), SHAPE_MAX)
        common = (gammaln(shape + rising) - gammaln(shape) - gammaln(1.0 + rising))[n_events]
        finite = replace(model, shape=shape)
        return -float((times * (common + finite.log_chances(n_events, model.rate * n_firms, row))).sum())

    def towers(x: Float64s) -> GammaPoisson:
        shape = float(np.exp(np.clip(x[1], np.log(SHAPE_MIN), np.log(SHAPE_MAX))))
        return GammaPoisson(plain.rate * float(np.exp(x[0])), shape, float(expit(x[2])), 1.0 + float(np.exp(x[3])))

    def penalised(x: Float64s) -> float:
        pulls = ((x[2], TOWER_LOG_ODDS), (x[3], TOWER_LOG_TIMES))
        return cost(towers(x)) + float(sum(((value - centre) / spread) ** 2 / 2.0 for value, (centre, spread) in pulls))

    start = [-0.2, np.log(min(float(plain.shape), 50.0)) + 0.7, TOWER_LOG_ODDS[0], TOWER_LOG_TIMES[0]]
    found = minimize(penalised, np.array(start), method="Nelder-Mead", options={"xatol": 0.01, "fatol": 0.05})
    # Two more parameters improve the likelihood by 2 by chance (AIC).
    return towers(found.x) if found.fun < cost(plain) - 2.0 else plain


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
    """Return the model's probability of at least the observed count; `population`: firms of each building, (n,)."""
    mean = model.rate * population
    some, shape, most = np.maximum(counts, 1), model.shape, model.tower_times * mean
    calm = gammainc(some, mean) if np.isinf(shape) else betainc(some, shape, mean / (shape + mean))
    # Poisson counts with an exponential rate are geometric.
    chance = (1.0 - model.tower_share) * calm + model.tower_share * (most / (1.0 + most)) ** some
    return np.where(counts > 0, chance, 1.0)


def draw_counts(
    rng: np.random.Generator, population: Float64s, total: int, model: GammaPoisson, n_draws: int
) -> Int64s:
    """
    Draw random data sets without clusters: counts by building that add up to `total` events, shape (n_draws, n).

    Each building's rate is drawn from the model; the counts are multinomial with rate x `population` (firms of each
    building). The total is fixed, as in Kulldorff's test, which is the case of an infinite shape.
    """
    weight, shape = np.broadcast_to(population, (n_draws, len(population))), model.shape
    if np.all(np.isfinite(shape)):
        # A small shape can give rates that are all 0.
        weight = weight * np.maximum(rng.gamma(shape, 1.0 / shape, weight.shape), 1e-300)
    if model.tower_share > 0.0:
        is_tower = rng.random(weight.shape) < model.tower_share
        weight = np.where(is_tower, population * model.tower_times * rng.exponential(1.0, weight.shape), weight)
    return np.asarray(rng.multinomial(total, weight / weight.sum(axis=1, keepdims=True)), np.int64)


def exceedance_q(counts: Int64s, population: Float64s) -> Float64s:
    """
    Return the q-value of each building, shape (n,); of those with q <= 0.05, 1 in 20 is listed wrongly.

    The null is that of the scan (`fit_towers`), fitted to all buildings including outliers, which is conservative.
    `population`: firms of each building; NaN without firms.

    References
    ----------
    Benjamini & Hochberg 1995, Controlling the false discovery rate.
    """
    q = np.full(len(counts), np.nan)
    at_risk = population > 0
    if at_risk.any():
        model = fit_towers(counts[at_risk], population[at_risk])
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
