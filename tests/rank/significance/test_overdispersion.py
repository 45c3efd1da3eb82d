"""The Gamma-Poisson: fitted, drawn from and exceeded, each against another way to the same number."""

from __future__ import annotations

import math

import numpy as np
import pytest
from scipy.stats import nbinom

from sweep.rank.significance.overdispersion import (
    GammaPoisson,
    draw_counts,
    exceedance,
    exceedance_q,
    fit_gamma_poisson,
    fit_towers,
)


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
    draws = draw_counts(np.random.default_rng(3), np.array([1.0, 3.0]), 40, GammaPoisson(1.0, 2.0), 20_000)
    assert set(draws.sum(axis=1)) == {40}
    assert draws[:, 1].mean() > 2 * draws[:, 0].mean()


def test_draws_at_an_infinite_shape_are_multinomial():
    # Variance of Binomial(40, 1/4) is 7.5.
    draws = draw_counts(np.random.default_rng(4), np.array([1.0, 3.0]), 40, GammaPoisson(1.0, math.inf), 20_000)
    assert draws[:, 0].mean() == pytest.approx(10.0, rel=0.01)
    assert draws[:, 0].var() == pytest.approx(7.5, rel=0.05)


def test_draws_vary_as_the_gamma_says():
    # Many like buildings, each a small part: the variance is that of the Gamma-Poisson, 5 + 25 / 2 = 17.5.
    draws = draw_counts(np.random.default_rng(5), np.ones(400), 2_000, GammaPoisson(1.0, 2.0), 200)
    assert draws.var() == pytest.approx(17.5, rel=0.05)


def test_draws_of_towers_vary_as_the_exponential_says():
    # All are towers: 5 + 25 = 30.
    draws = draw_counts(np.random.default_rng(5), np.ones(400), 2_000, GammaPoisson(1.0, 50.0, 1.0, 3.0), 200)
    assert draws.var() == pytest.approx(30.0, rel=0.05)


def test_the_fit_finds_the_towers():
    # 2 % of the buildings have rates that are exponential with 20 times the mean of the others.
    rng = np.random.default_rng(6)
    population = np.ceil(rng.lognormal(3.0, 0.8, 5_000))
    rates = np.where(rng.random(5_000) < 0.02, rng.exponential(2.0, 5_000), 0.1)
    model = fit_towers(rng.poisson(rates * population), population)
    assert model.rate == pytest.approx(0.1, rel=0.05)
    assert model.tower_share == pytest.approx(0.02, rel=0.3)
    assert model.tower_times == pytest.approx(20.0, rel=0.3)


@pytest.mark.parametrize("shape", [2.0, math.inf])
def test_where_a_gamma_fits_hardly_an_event_is_at_a_tower(shape):
    rng = np.random.default_rng(7)
    population = np.ceil(rng.lognormal(3.0, 0.8, 2_000))
    counts = draw_counts(rng, population, 4_000, GammaPoisson(1.0, shape), 1)[0]
    model = fit_towers(counts, population)
    assert model.tower_share * model.tower_times < 0.03


def test_likelihoods_of_two_means_differ_as_the_mixture_says():
    counts, mean, row = np.arange(40), np.full(40, 3.0), np.zeros(40, np.int64)
    model = GammaPoisson(0.1, 0.7, 0.05, 6.0)

    def chance(times):
        calm, tower = (nbinom.pmf(counts, a, a / (a + times * m)) for a, m in ((0.7, mean), (1.0, 6.0 * mean)))
        return np.log(0.95 * calm + 0.05 * tower)

    found = model.log_chances(counts, 3.0 * mean, row) - model.log_chances(counts, mean, row)
    assert found == pytest.approx(chance(3.0) - chance(1.0), abs=1e-9)


def test_exceedance_on_paper():
    # Poisson mean 1: P(>= 2) = 1 - 2/e. Shape 1, mean 1 is geometric with 1/2: P(>= 2) = 1/4. P(>= 0) = 1.
    counts, firms = np.array([2, 0]), np.array([10.0, 10.0])
    assert exceedance(counts, firms, GammaPoisson(0.1, math.inf)) == pytest.approx([1 - 2 / math.e, 1.0])
    assert exceedance(counts, firms, GammaPoisson(0.1, 1.0)) == pytest.approx([0.25, 1.0])


def test_the_chance_to_exceed_with_towers_is_the_share_of_draws_that_do():
    model = GammaPoisson(0.5, 2.0, 0.1, 8.0)
    rng = np.random.default_rng(7)
    rate = np.where(rng.random(200_000) < 0.1, rng.exponential(8.0, 200_000), rng.gamma(2.0, 0.5, 200_000))
    drawn = rng.poisson(rate * 0.5 * 4.0)
    counts = np.array([0, 1, 3, 8, 20])
    share = [(drawn >= n).mean() for n in counts]
    assert exceedance(counts, np.full(5, 4.0), model) == pytest.approx(share, abs=0.004)


def test_a_well_known_tower_among_many_is_no_exceedance():
    # 2 % are towers; the listed buildings are hardly any of them, where a Gamma alone lists 29.
    rng = np.random.default_rng(6)
    population = np.ceil(rng.lognormal(3.0, 0.8, 2_000))
    is_tower = rng.random(2_000) < 0.02
    counts = rng.poisson(np.where(is_tower, rng.exponential(2.0, 2_000), 0.1) * population)
    assert (exceedance_q(counts, population) <= 0.05).sum() == 0


@pytest.mark.parametrize("n", [4, 2_000])
def test_counts_of_one_rate_have_no_towers(n):
    rng = np.random.default_rng(8)
    counts = rng.poisson(2.0, n)
    assert fit_towers(counts, np.ones(n)).tower_share == 0.0
