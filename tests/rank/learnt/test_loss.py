"""The least loss inside the bounds, where features are nearly alike and one is held at its bound."""

from __future__ import annotations

import numpy as np
import pytest

from sweep.rank.learnt.logistic_regression import Loss, least_loss
from tests.seeds import over_seeds

# Newton's method needs a dozen looks at the slopes; going to and fro along a bound, a hundred and no end.
FEW = 15


class Counted(Loss):
    """A loss that counts how often its slopes are asked for."""

    n_slopes = 0

    def slope(self, beta):
        Counted.n_slopes += 1
        return super().slope(beta)


@over_seeds([603, 2599, 325, 1405, *range(40)])
def test_the_least_loss_is_found_in_few_steps_along_any_bounds(seed):
    rng = np.random.default_rng(seed)
    m, k = int(rng.integers(8, 40)), int(rng.integers(2, 5))
    features = rng.normal(size=(m, k))
    features[:, 1:] += rng.uniform(0, 3) * features[:, :1]
    is_find, group = (rng.random(m) < 0.4).astype(np.float64), rng.integers(0, 2, m)
    ridge = np.concatenate([[1e-6], np.full(k, 0.1), np.ones(2)])
    held = np.concatenate([[0], rng.choice([-1, 0, 1], k), [0, 0]])
    standard = np.column_stack([np.ones(m), features])
    loss = Counted(standard, group, is_find, np.ones(m), ridge, np.zeros(k + 3))
    Counted.n_slopes = 0
    beta = least_loss(loss, held)
    assert Counted.n_slopes <= FEW
    # At the minimum nothing inside its bounds has a slope, and what is at a bound would only go beyond it.
    slope, _ = loss.slope(beta)
    at_bound = (beta == 0) & (held != 0)
    assert np.all(beta * held >= 0)
    assert slope[~at_bound] == pytest.approx(0.0, abs=1e-6)
    assert np.all((slope * held)[at_bound] >= -1e-6)
