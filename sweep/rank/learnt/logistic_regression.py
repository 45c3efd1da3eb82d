"""
Logistic regression of finds, with a nuisance effect of the team that is averaged out in scores.

Written here because slopes and group effects have separate penalties, checks have weights, and the average over groups
is part of the model; a library would only minimise one convex function.
"""

from dataclasses import dataclass

import numpy as np
from scipy.special import expit

from geodata.array_types import Bools, Float64s, Int64s


@dataclass(frozen=True, slots=True)
class Logistic:
    """Fitted logistic regression; features are standardised as (feature - `centre`) / `spread`."""

    centre: Float64s
    """Mean of each feature, shape (k,)."""
    spread: Float64s
    """Standard deviation of each feature, shape (k,); 1 for a constant feature or an indicator."""
    intercept: float
    """Log-odds at the mean of all features, without a group effect."""
    slopes: Float64s
    """Log-odds for one standard deviation of each feature, shape (k,)."""
    group_effects: Float64s
    """Log-odds of each group (a team on a track), shape (g,)."""
    group_shares: Float64s
    """Averaging weights of the group effects, sum 1, shape (g,); after fitting, each group's share of checks."""

    def probability(self, features: Float64s) -> Float64s:
        """Return P(find) for each row of `features` (n, k), (n,): the mean over teams, weighted by `group_shares`."""
        return self._mean(self._standard(features) @ self.slopes)

    def parts(self, features: Float64s) -> tuple[float, Float64s]:
        """
        Return P(find) at the mean of all features, and each feature's contribution in each of n rows, shape (n, k).

        `features`: shape (n, k). The contributions of a row are integrated gradients on the straight path from the mean
        to the row; with P(find) at the mean they add up to the row's P(find) exactly.

        References
        ----------
        Sundararajan, Taly & Yan 2017, Axiomatic attribution for deep networks.
        """
        pull = self._standard(features) * self.slopes
        total = pull.sum(axis=1)
        base = float(self._mean(np.zeros(1))[0])
        rise = self._mean(total) - base
        p = expit(self.intercept + self.group_effects)
        slope = float((self.group_shares * p * (1.0 - p)).sum())
        per_pull = np.divide(rise, total, out=np.full(len(total), slope), where=np.abs(total) > 1e-9)
        return base, np.asarray(pull * per_pull[:, None])

    def _standard(self, features: Float64s) -> Float64s:
        return np.asarray((features - self.centre) / self.spread)

    def _mean(self, pull: Float64s) -> Float64s:
        return np.asarray(expit(pull[:, None] + self.intercept + self.group_effects) @ self.group_shares)


def fit_logistic(
    features: Float64s,
    is_find: Bools,
    group: Int64s,
    weights: Float64s,
    prior_slopes: Float64s | None = None,
    penalty: float = 4.0,
    group_penalty: float = 1.0,
    mark_penalty: float = 16.0,
    signs: Int64s | None = None,
    marks: Bools | None = None,
) -> Logistic:
    """
    Return the logistic regression with the least penalised loss.

    Parameters
    ----------
    features
        Shape (m, k), finite.
    is_find
        Shape (m,).
    group
        Codes of the teams from 0, shape (m,).
    weights
        1 / inclusion probability, shape (m,), > 0. Rescaled to Kish's effective sample size, since a few large weights
        must not count as many checks against the priors.
    prior_slopes
        Prior means of the slopes, log-odds for one unit of a feature, shape (k,); None: 0.
    penalty, group_penalty, mark_penalty
        Precision (1 / variance) of the normal priors of standardised slopes, of group effects and of the slopes of
        indicators, > 0. The default standard deviations are 0.5, 1 and 0.25 log-odds.
    signs
        1: slope >= 0, -1: slope <= 0, 0: free; shape (k,). None: all are free.
    marks
        Which features are 0/1 indicators, shape (k,); None: none. Their slopes are not standardised, since those of
        rare kinds would then hardly be shrunk.

    Raises
    ------
    ValueError
        If there is no check, shapes differ, or a value is invalid.

    References
    ----------
    Kish 1965, Survey Sampling, 11.7: effective sample size = (sum w)^2 / sum w^2.
    """
    m = len(is_find)
    if m == 0 or features.shape[0] != m or group.shape != (m,) or weights.shape != (m,):
        raise ValueError(f"features, is_find, group and weights must have as many rows, at least one, got {m}")
    if not (np.all(np.isfinite(features)) and np.all(np.isfinite(weights) & (weights > 0))):
        raise ValueError("features must be finite, weights finite and > 0")
    weights = weights * (weights.sum() / (weights @ weights))
    k, n_groups = features.shape[1], int(group.max()) + 1
    centre, spread = features.mean(axis=0), features.std(axis=0)
    # Tolerance for rounding: a constant feature seems to vary by this share of its size.
    varies = spread > (1e-9) * (1.0 + np.abs(centre))
    mark = np.zeros(k, np.bool_) if marks is None else marks
    spread = np.where(varies & ~mark, spread, 1.0)
    prior = np.zeros(k) if prior_slopes is None else prior_slopes * spread
    # A constant feature keeps its prior.
    used = np.flatnonzero(varies)
    # A tiny penalty keeps the intercept finite if all or no checks are finds.
    ridge = np.concatenate([[1e-6], np.where(mark, mark_penalty, penalty)[used], np.full(n_groups, group_penalty)])
    standard = np.column_stack([np.ones(m), ((features - centre) / spread)[:, used]])
    start, held = np.zeros(len(ridge)), np.zeros(len(ridge), np.int64)
    start[1 : len(used) + 1] = prior[used]
    if signs is not None:
        held[1 : len(used) + 1] = signs[used]
    beta = least_loss(Loss(standard, group, is_find.astype(np.float64), weights, ridge, start), held)
    slopes = prior.copy()
    slopes[used] = beta[1 : len(used) + 1]
    return Logistic(
        centre=centre,
        spread=spread,
        intercept=float(beta[0]),
        slopes=slopes,
        group_effects=beta[len(used) + 1 :],
        group_shares=np.bincount(group, minlength=n_groups) / m,
    )


@dataclass(frozen=True, slots=True)
class Loss:
    """Penalised log-loss of the parameters `beta`: intercept, k slopes, then g group effects, for m checks."""

    standard: Float64s
    """Column of ones and the standardised features, shape (m, 1 + k)."""
    group: Int64s
    """Code of the team of each check, shape (m,)."""
    y: Float64s
    """1 for a check with a find, else 0, shape (m,)."""
    weights: Float64s
    """Weight of each check, shape (m,)."""
    ridge: Float64s
    """Penalty of each parameter, shape (1 + k + g,)."""
    prior: Float64s
    """Prior mean of each parameter, shape (1 + k + g,)."""

    def __call__(self, beta: Float64s) -> float:
        """Return the loss at `beta`."""
        z = self._pull(beta)
        loss = self.weights @ (np.logaddexp(0.0, z) - self.y * z)
        return float(loss + 0.5 * self.ridge @ (beta - self.prior) ** 2)

    def slope(self, beta: Float64s) -> tuple[Float64s, Float64s]:
        """Return gradient and Hessian of the loss at `beta`; the Hessian's block of groups is diagonal, thus cheap."""
        k, n = self.standard.shape[1], len(beta)
        p = expit(self._pull(beta))
        rest, spread = self.weights * (p - self.y), self.weights * p * (1.0 - p)
        of_groups = np.bincount(self.group, weights=rest, minlength=n - k)
        weighed = self.standard * spread[:, None]
        curvature = np.diag(self.ridge)
        curvature[:k, :k] += _product(self.standard, weighed)
        across = [np.bincount(self.group, weights=column, minlength=n - k) for column in weighed.T]
        curvature[:k, k:] = across
        curvature[k:, :k] = np.transpose(across)
        own = np.arange(k, n)
        curvature[own, own] += np.bincount(self.group, weights=spread, minlength=n - k)
        return np.concatenate([rest @ self.standard, of_groups]) + self.ridge * (beta - self.prior), curvature

    def _pull(self, beta: Float64s) -> Float64s:
        k = self.standard.shape[1]
        return np.asarray(self.standard @ beta[:k] + beta[k:][self.group])


def least_loss(loss: Loss, held: Int64s) -> Float64s:
    """
    Return the parameters of least loss within the sign bounds `held`, by projected Newton steps.

    `held`: sign of each parameter, 1: >= 0, -1: <= 0, 0: free.

    References
    ----------
    Bertsekas 1982, Projected Newton methods for optimization problems with simple constraints.
    """
    low, high = np.where(held > 0, 0.0, -np.inf), np.where(held < 0, 0.0, np.inf)
    beta = np.clip(loss.prior, low, high)
    # Usually a dozen steps suffice; the loss is convex.
    for _ in range(100):
        slope, curvature = loss.slope(beta)
        at_bound = ((beta <= low) & (slope > 0)) | ((beta >= high) & (slope < 0))
        free = np.flatnonzero(~at_bound)
        step = np.zeros(len(beta))
        step[free] = -np.linalg.solve(curvature[np.ix_(free, free)], slope[free])
        value, share = loss(beta), 1.0
        # The remaining gain is below the rounding error of the loss, a sum of thousands of floats.
        if -slope @ step < (1e-13) * (1.0 + value):
            return np.asarray(np.clip(beta + step, low, high))
        new = np.clip(beta + step, low, high)
        while loss(new) > value + 1e-4 * slope @ (new - beta) and share > 1e-9:
            share /= 2.0
            new = np.clip(beta + share * step, low, high)
        if share <= 1e-9:
            break
        beta = new
    return np.asarray(beta)


def _product(a: Float64s, b: Float64s) -> Float64s:
    """Return a.T @ b, shape (k, k), computed in blocks small enough that BLAS stays single-threaded."""
    k = a.shape[1]
    # Above 262,144 products OpenBLAS uses several threads, which wait for each other longer than they work.
    height = max(1, 200_000 // (k * k))
    m = len(a) // height * height
    whole_a, whole_b = (part[:m].reshape(-1, height, k) for part in (a, b))
    return np.asarray((whole_a.transpose(0, 2, 1) @ whole_b).sum(axis=0) + a[m:].T @ b[m:])
