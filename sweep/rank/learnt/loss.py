"""The least penalised loss of a logistic regression with effects of groups, by Newton's method inside bounds."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.special import expit

from geodata.arrays import Float64s, Int64s

# A dozen are enough as a rule; the loss is convex.
MOST_STEPS = 100
# A loss is a sum of thousands of floats.
ROUNDING = 1e-13
# OpenBLAS takes several threads for more products than 262,144; they wait for each other longer than they work.
BLOCK_PRODUCTS = 200_000


@dataclass(frozen=True, slots=True)
class Loss:
    """Penalised loss of slopes (an intercept before them) and group effects (after them)."""

    standard: Float64s
    group: Int64s
    y: Float64s
    weights: Float64s
    ridge: Float64s
    prior: Float64s

    def __call__(self, beta: Float64s) -> float:
        """The loss."""
        z = self._pull(beta)
        loss = self.weights @ (np.logaddexp(0.0, z) - self.y * z)
        return float(loss + 0.5 * self.ridge @ (beta - self.prior) ** 2)

    def slope(self, beta: Float64s) -> tuple[Float64s, Float64s]:
        """Gradient, and matrix of second derivatives: groups do not meet each other in it, so that it is cheap."""
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
    The minimum inside the bounds, by Newton's method on the slopes that are not held at one.

    References
    ----------
    Bertsekas 1982, Projected Newton methods for optimization problems with simple constraints.
    """
    low, high = np.where(held > 0, 0.0, -np.inf), np.where(held < 0, 0.0, np.inf)
    beta = np.clip(loss.prior, low, high)
    for _ in range(MOST_STEPS):
        slope, curvature = loss.slope(beta)
        at_bound = ((beta <= low) & (slope > 0)) | ((beta >= high) & (slope < 0))
        free = np.flatnonzero(~at_bound)
        step = np.zeros(len(beta))
        step[free] = -np.linalg.solve(curvature[np.ix_(free, free)], slope[free])
        value, share = loss(beta), 1.0
        # What is left to gain is less than the loss is rounded by: no share of the step would be seen to gain.
        if -slope @ step < ROUNDING * (1.0 + value):
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
    """The matrix a.T @ b, shape (k, k), of two of shape (m, k), in blocks that BLAS does not share out to threads."""
    k = a.shape[1]
    height = max(1, BLOCK_PRODUCTS // (k * k))
    m = len(a) // height * height
    whole_a, whole_b = (part[:m].reshape(-1, height, k) for part in (a, b))
    return np.asarray((whole_a.transpose(0, 2, 1) @ whole_b).sum(axis=0) + a[m:].T @ b[m:])
