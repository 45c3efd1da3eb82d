"""
A logistic regression of finds, with a nuisance effect of who looked that is averaged out when scoring.

Written here and not taken from a library: slopes and group effects have penalties of their own, checks have weights,
and the average over groups is part of the model; what is left for a library is one minimum of a convex function.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.special import expit

from geodata.arrays import Bools, Float64s, Int64s
from sweep.rank.learnt.loss import Loss, least_loss

# Sums of floats: a feature that is the same everywhere seems to vary by so much of its size.
_ROUNDING = 1e-9


@dataclass(frozen=True, slots=True)
class Logistic:
    """A fitted model; features are standardised by `centre` and `spread`."""

    centre: Float64s
    """Mean of each feature, shape (k,)."""
    spread: Float64s
    """Standard deviation of each feature, or 1 where it is 0 or the feature marks a kind, shape (k,), > 0."""
    intercept: float
    slopes: Float64s
    """Log-odds for one standard deviation, shape (k,)."""
    group_effects: Float64s
    """Log-odds of each group, shape (g,)."""
    group_shares: Float64s
    """Weights by which group effects are averaged, adding up to 1, shape (g,); fitted: share of the checks of each."""

    def probability(self, features: Float64s) -> Float64s:
        """P(find) of a check by a group drawn by `group_shares`, shape (n,)."""
        return self._mean(self._standard(features) @ self.slopes)

    def parts(self, features: Float64s) -> tuple[float, Float64s]:
        """
        The probability at the mean of all features, and what each feature adds to it, shape (n, k).

        Each adds its share of the path from the mean straight to the building (integrated gradients), so that the
        parts add up to the probability exactly.

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
    The model of least penalised loss.

    Parameters
    ----------
    features
        Shape (m, k), finite.
    is_find
        Shape (m,).
    group
        Who looked, codes from 0, shape (m,).
    weights
        1 / selection probability, shape (m,), > 0. Scaled so that they add up to the checks that they leave (Kish's
        effective number): a few that outweigh the others must not count as many before the priors.
    prior_slopes
        Where slopes are pulled to, in log-odds for one unit of a feature, shape (k,); None: to 0.
    penalty, group_penalty, mark_penalty
        1 / variance of the normal priors of slopes (standardised), of group effects and of the slopes of marks, > 0. By
        default a slope is within half a unit of log-odds of its prior, two times in three, and one of a mark within a
        quarter.
    signs
        1 where a slope may not be below 0, -1 where it may not be above, 0 where it is free, shape (k,); None: all
        are free.
    marks
        Which features are 1 at places of a kind and 0 elsewhere, shape (k,); None: none. Their slopes are not
        standardised: standardised, those of rare kinds would hardly be pulled to 0.

    Raises
    ------
    ValueError
        If there is no check, shapes differ, or a value cannot be.

    References
    ----------
    Kish 1965, Survey Sampling, 11.7: the effective number is the square of the sum over the sum of squares.
    """
    m = len(is_find)
    if m == 0 or features.shape[0] != m or group.shape != (m,) or weights.shape != (m,):
        raise ValueError(f"features, is_find, group and weights must have as many rows, at least one, got {m}")
    if not (np.all(np.isfinite(features)) and np.all(np.isfinite(weights) & (weights > 0))):
        raise ValueError("features must be finite, weights finite and > 0")
    weights = weights * (weights.sum() / (weights @ weights))
    k, n_groups = features.shape[1], int(group.max()) + 1
    centre, spread = features.mean(axis=0), features.std(axis=0)
    varies = spread > _ROUNDING * (1.0 + np.abs(centre))
    mark = np.zeros(k, np.bool_) if marks is None else marks
    spread = np.where(varies & ~mark, spread, 1.0)
    prior = np.zeros(k) if prior_slopes is None else prior_slopes * spread
    # What never varied teaches nothing, and keeps the prior.
    used = np.flatnonzero(varies)
    # All finds or none would push the intercept, which has no penalty of its own, to infinity.
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
