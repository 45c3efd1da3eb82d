"""The mixture of rates: fitted, drawn from and exceeded, each against another way to the same number."""

from __future__ import annotations

import math

import numpy as np
import pytest
from scipy.stats import poisson

from sweep.rank.significance.overdispersion import (
    ALIKE,
    RateMixture,
    draw_counts,
    exceedance,
    exceedance_q,
    fit_rates,
)

RATES = {
    "Gamma of shape 2": lambda rng, n: rng.gamma(2.0, 0.05, n),
    "log-normal 1.2": lambda rng, n: 0.05 * rng.lognormal(0.0, 1.2, n),
    "2 % towers": lambda rng, n: np.where(rng.random(n) < 0.02, 2.0, 0.1),
    "two rates": lambda rng, n: np.where(rng.random(n) < 0.3, 0.4, 0.05),
    "none at a third": lambda rng, n: np.where(rng.random(n) < 1 / 3, 0.0, 0.2),
}


@pytest.mark.parametrize("name", RATES)
def test_the_fit_has_the_counts_of_the_rates_whatever_their_form(name):
    # Of buildings of 20 firms that were not fitted, as many exceed each count as the mixture says.
    rng = np.random.default_rng(1)
    population = np.ceil(rng.lognormal(3.0, 0.8, 5_000))
    mixture = fit_rates(rng.poisson(RATES[name](rng, 5_000) * population), population)
    fresh = rng.poisson(RATES[name](rng, 400_000) * 20.0)
    for count in (0, 1, 3, 6, 12, 25):
        share = float(mixture.shares @ poisson.sf(count, 20.0 * mixture.rates))
        actual = float((fresh > count).mean())
        # Standard error of a share of 5,000 buildings.
        assert share == pytest.approx(actual, abs=3.0 * math.sqrt(max(actual, 2e-4) / 5_000))


@pytest.mark.parametrize(
    "counts", [pytest.param([2, 2, 2, 2], id="all alike"), pytest.param([0, 0, 0, 0], id="no event")]
)
def test_counts_that_vary_no_more_than_poisson_have_one_rate(counts):
    assert len(fit_rates(np.array(counts), np.ones(4)).rates) == 1


@pytest.mark.parametrize("n", [1, 4, 2_000])
def test_counts_of_one_rate_hardly_differ(n):
    mixture = fit_rates(np.random.default_rng(8).poisson(2.0, n), np.ones(n))
    mean = mixture.shares @ mixture.rates
    assert mixture.shares @ (mixture.rates / mean - 1.0) ** 2 < 0.05


def test_the_posterior_on_paper():
    # Rates 1 and 3, as often; two events at one firm: e^-1 and 9 e^-3.
    mixture = RateMixture(np.array([1.0, 3.0]), np.array([0.5, 0.5])).given(np.array([2]), np.array([1.0]))
    low, high = math.exp(-1), 9 * math.exp(-3)
    assert mixture.shares[0] == pytest.approx([low / (low + high), high / (low + high)])
    assert mixture.expected(np.array([10.0])) == pytest.approx([10 * (low + 3 * high) / (low + high)])


def test_draws_keep_the_total_and_follow_the_firms():
    mixture = RateMixture(np.array([0.5, 2.0]), np.array([0.6, 0.4]))
    draws = draw_counts(np.random.default_rng(3), np.array([1.0, 3.0]), 40, mixture, 20_000)
    assert set(draws.sum(axis=1)) == {40}
    assert draws[:, 1].mean() > 2 * draws[:, 0].mean()


def test_draws_at_one_rate_are_multinomial():
    # Variance of Binomial(40, 1/4) is 7.5.
    draws = draw_counts(np.random.default_rng(4), np.array([1.0, 3.0]), 40, ALIKE, 20_000)
    assert draws[:, 0].mean() == pytest.approx(10.0, rel=0.01)
    assert draws[:, 0].var() == pytest.approx(7.5, rel=0.05)


def test_draws_vary_as_the_mixture_says():
    # Many like buildings of mean 5, each a small part; rates of half or twice the mean, variance of the rate 12.5.
    mixture = RateMixture(np.array([0.5, 2.0]), np.array([2.0, 1.0]) / 3.0)
    draws = draw_counts(np.random.default_rng(5), np.ones(400), 2_000, mixture, 200)
    assert draws.var() == pytest.approx(17.5, rel=0.05)


def test_each_building_is_drawn_from_its_own_distribution():
    mixture = RateMixture(np.array([1.0, 3.0]), np.array([[1.0, 0.0], [0.0, 1.0]]))
    draws = draw_counts(np.random.default_rng(5), np.ones(2), 400, mixture, 200)
    assert draws.mean(axis=0) == pytest.approx([100.0, 300.0], rel=0.02)


def test_exceedance_on_paper():
    # Poisson mean 1: P(>= 2) = 1 - 2/e; P(>= 0) = 1.
    counts, firms = np.array([2, 0]), np.array([10.0, 10.0])
    assert exceedance(counts, firms, RateMixture(np.array([0.1]), np.ones(1))) == pytest.approx([1 - 2 / math.e, 1.0])


def test_the_chance_to_exceed_is_that_of_the_other_buildings():
    # Ten buildings of which one surely has the high rate: the others have the low one, Poisson with mean 1.
    counts, firms = np.array([1] * 9 + [300]), np.full(10, 10.0)
    chance = exceedance(counts, firms, RateMixture(np.array([0.1, 30.0]), np.array([0.9, 0.1])))
    assert chance[-1] == pytest.approx(0.0, abs=1e-12)
    # Each of the others: one in nine of the rest has the high rate.
    assert chance[0] == pytest.approx(8 / 9 * (1 - 1 / math.e) + 1 / 9)


def test_one_building_far_above_all_others_is_an_exceedance():
    rng = np.random.default_rng(6)
    population = np.ceil(rng.lognormal(3.0, 0.8, 2_000))
    counts = rng.poisson(0.1 * population)
    counts[7] += 80
    assert np.flatnonzero(exceedance_q(counts, population) <= 0.05).tolist() == [7]


def test_of_well_known_towers_hardly_one_is_an_exceedance():
    # 2 % are towers; a Gamma alone lists 29 of them. The highest, 12 events a firm, has no equal (the next has 7).
    rng = np.random.default_rng(6)
    population = np.ceil(rng.lognormal(3.0, 0.8, 2_000))
    is_tower = rng.random(2_000) < 0.02
    counts = rng.poisson(np.where(is_tower, rng.exponential(2.0, 2_000), 0.1) * population)
    assert (exceedance_q(counts, population) <= 0.05).sum() <= 1
