"""Counts of a mixture of rates: drawn and exceeded, each against another way to the same number."""

from __future__ import annotations

import math

import numpy as np
import pytest

from sweep.rank.rate.poisson_rate_mixture import ONE_RATE, RateMixture
from sweep.rank.significance.overdispersed_counts import draw_counts, exceedance, exceedance_q


def test_draws_keep_the_total_and_follow_the_firms():
    mixture = RateMixture(np.array([0.5, 2.0]), np.array([0.6, 0.4]))
    draws = draw_counts(np.random.default_rng(3), np.array([1.0, 3.0]), 40, mixture, 20_000)
    assert set(draws.sum(axis=1)) == {40}
    assert draws[:, 1].mean() > 2 * draws[:, 0].mean()


def test_draws_at_one_rate_are_multinomial():
    # Variance of Binomial(40, 1/4) is 7.5.
    draws = draw_counts(np.random.default_rng(4), np.array([1.0, 3.0]), 40, ONE_RATE, 20_000)
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
