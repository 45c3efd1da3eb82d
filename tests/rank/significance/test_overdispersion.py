"""The Gamma-Poisson: fitted, drawn from and exceeded, each against another way to the same number."""

from __future__ import annotations

import math

import numpy as np
import pytest
from scipy.stats import nbinom

from sweep.rank.significance.overdispersion import GammaPoisson, draw_counts, exceedance, fit_gamma_poisson


def test_the_fit_finds_the_gamma_that_rates_were_drawn_from():
    rng = np.random.default_rng(1)
    population = np.ceil(rng.lognormal(3.0, 0.8, 5_000))
    counts = rng.poisson(rng.gamma(2.0, 0.1 / 2.0, 5_000) * population)
    model = fit_gamma_poisson(counts, population)
    assert model.rate == pytest.approx(0.1, rel=0.05)
    assert model.shape == pytest.approx(2.0, rel=0.15)


def test_no_other_rate_and_shape_are_likelier():
    rng = np.random.default_rng(2)
    population = np.ceil(rng.lognormal(3.0, 0.8, 300))
    counts = rng.poisson(rng.gamma(1.5, 0.1 / 1.5, 300) * population)
    best = fit_gamma_poisson(counts, population)

    def likelihood(rate, shape):
        return nbinom.logpmf(counts, shape, shape / (shape + rate * population)).sum()

    around = [
        likelihood(best.rate * a, best.shape * b)
        for a in (0.97, 1.0, 1.03)
        for b in (0.9, 1.0, 1.1)
        if (a, b) != (1, 1)
    ]
    assert likelihood(best.rate, best.shape) > max(around)


@pytest.mark.parametrize(
    "counts", [pytest.param([2, 2, 2, 2], id="all alike"), pytest.param([0, 0, 0, 0], id="no event")]
)
def test_counts_that_vary_no_more_than_poisson_are_poisson(counts):
    assert fit_gamma_poisson(np.array(counts), np.ones(4)) == GammaPoisson(sum(counts) / 4, math.inf)


def test_draws_keep_the_total_and_follow_the_firms():
    draws = draw_counts(np.random.default_rng(3), np.array([1.0, 3.0]), 40, 2.0, 20_000)
    assert set(draws.sum(axis=1)) == {40}
    assert draws[:, 1].mean() > 2 * draws[:, 0].mean()


def test_draws_at_an_infinite_shape_are_multinomial():
    # Variance of Binomial(40, 1/4) is 7.5.
    draws = draw_counts(np.random.default_rng(4), np.array([1.0, 3.0]), 40, math.inf, 20_000)
    assert draws[:, 0].mean() == pytest.approx(10.0, rel=0.01)
    assert draws[:, 0].var() == pytest.approx(7.5, rel=0.05)


def test_draws_vary_as_the_gamma_says():
    # Many like buildings, each a small part: the variance is that of the Gamma-Poisson, 5 + 25 / 2 = 17.5.
    draws = draw_counts(np.random.default_rng(5), np.ones(400), 2_000, 2.0, 200)
    assert draws.var() == pytest.approx(17.5, rel=0.05)


def test_exceedance_on_paper():
    # Poisson mean 1: P(>= 2) = 1 - 2/e. Shape 1, mean 1 is geometric with 1/2: P(>= 2) = 1/4. P(>= 0) = 1.
    counts, firms = np.array([2, 0]), np.array([10.0, 10.0])
    assert exceedance(counts, firms, GammaPoisson(0.1, math.inf)) == pytest.approx([1 - 2 / math.e, 1.0])
    assert exceedance(counts, firms, GammaPoisson(0.1, 1.0)) == pytest.approx([0.25, 1.0])
