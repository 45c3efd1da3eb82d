"""The mixture of rates: fitted to counts, and given a count."""

from __future__ import annotations

import math

import numpy as np
import pytest
from scipy.stats import poisson

from sweep.rank.rate.poisson_rate_mixture import RateMixture, fit_rates

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
