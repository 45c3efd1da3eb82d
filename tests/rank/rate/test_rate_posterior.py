"""The Gamma-Poisson rates, against sums on paper and against integration by a grid."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sweep.rank.rate.rate_posterior import SHAPE_MAX, SHAPE_MIN, Prior, fit_prior, local_rates, posterior_rates


def a(*values: float) -> np.ndarray:
    return np.array(values, np.float64)


def test_prior_on_paper():
    # m = 12 / 40 = 0.3; mE = 3 each; dispersion = (6 x 1 + 3 x 4) / (6 + 6) = 1.5.
    # excess = (0-3)^2 + (1-3)^2 + (2-3)^2 + (9-3)^2 - 1.5 x 12 = 50 - 18 = 32; a0 = 4 x 9 / 32 = 1.125.
    prior = fit_prior(a(0, 1, 2, 9), a(10, 10, 10, 10), a(1, 1, 1, 1, 1, 1, 2, 2, 2))
    assert (prior.mean_rate, prior.shape, prior.dispersion) == pytest.approx((0.3, 1.125, 1.5))


def test_prior_recovers_the_gamma_that_rates_were_drawn_from():
    rng = np.random.default_rng(1)
    exposure = rng.uniform(50, 500, 20_000)
    counts = rng.poisson(rng.gamma(2.0, 0.01 / 2.0, 20_000) * exposure).astype(float)
    prior = fit_prior(counts, exposure, np.ones(1))
    assert prior.mean_rate == pytest.approx(0.01, rel=0.03)
    assert prior.shape == pytest.approx(2.0, rel=0.1)


def test_dispersion_is_variance_over_mean_of_a_sum_of_weights():
    rng = np.random.default_rng(2)
    weights = rng.uniform(0.0, 0.4, 200)
    sums = np.array([rng.choice(weights, size=n).sum() for n in rng.poisson(5.0, 20_000)])
    assert fit_prior(a(1), a(1), weights).dispersion == pytest.approx(sums.var() / sums.mean(), rel=0.05)


@pytest.mark.parametrize(
    ("counts", "exposure"),
    [
        pytest.param(a(), a(), id="no building"),
        pytest.param(a(0, 0), a(10, 20), id="no lead"),
        pytest.param(a(3), a(0), id="no firm anywhere"),
    ],
)
def test_prior_of_nothing_has_rate_0(counts, exposure):
    assert fit_prior(counts, exposure, a()) == Prior(0.0, 1.0, 1.0)


@pytest.mark.parametrize(
    ("counts", "shape"),
    [
        pytest.param(a(2, 2, 2), SHAPE_MAX, id="all alike"),
        pytest.param(np.append(np.zeros(99), 500.0), SHAPE_MIN, id="all leads at one"),
    ],
)
def test_shape_stays_within_its_bounds(counts, shape):
    assert fit_prior(counts, np.ones(len(counts)), np.ones(1)).shape == shape


def test_leads_at_a_building_with_no_firm_do_not_move_the_prior():
    with_empty = fit_prior(a(0, 1, 2, 9, 50), a(10, 10, 10, 10, 0), np.ones(62))
    assert with_empty == fit_prior(a(0, 1, 2, 9), a(10, 10, 10, 10), np.ones(12))


def test_weights_many_half_lives_old_still_have_a_dispersion():
    # 2^-600 squared is below the least number above 0.
    assert fit_prior(a(2.0**-600), a(1), a(2.0**-600)).dispersion == pytest.approx(2.0**-600, rel=1e-9)


@pytest.mark.parametrize(
    ("counts", "exposure", "weights", "message"),
    [
        pytest.param(a(1), a(1, 2), a(), "one shape", id="shapes"),
        pytest.param(a(math.nan), a(1), a(), "counts must be finite", id="counts NaN"),
        pytest.param(a(1), a(-1), a(), "exposure must be finite and >= 0", id="exposure below 0"),
        pytest.param(a(1), a(1), a(math.inf), "weights must be finite", id="weights infinite"),
    ],
)
def test_prior_refuses_what_cannot_be(counts, exposure, weights, message):
    with pytest.raises(ValueError, match=message):
        fit_prior(counts, exposure, weights)


PRIOR = Prior(mean_rate=0.1, shape=2.0, dispersion=1.0)


def test_local_rate_is_the_neighbours_pulled_to_the_rate_of_all():
    # 2 a0 = 4, 2 b0 = 4 / 0.1 = 40. First: (6 + 1 + 4) / (20 + 30 + 40) = 11/90; second: (5+1+4) / (10+30+40) = 10/80;
    # third: (5+6+4) / (10+20+40) = 15/70; the fourth is alone: 4/40.
    points = np.array([[0, 0], [100, 0], [0, 100], [5000, 0]], np.float64)
    rates = local_rates(a(5, 6, 1, 9), a(10, 20, 30, 40), points, 150.0, PRIOR)
    assert rates == pytest.approx([11 / 90, 10 / 80, 15 / 70, 0.1])


@pytest.mark.parametrize(
    ("distance", "rate"), [pytest.param(300.0, 9 / 50, id="at the radius"), pytest.param(300.01, 0.1, id="beyond it")]
)
def test_the_radius_belongs_to_the_neighbourhood(distance, rate):
    # (5 + 4) / (10 + 40) with the neighbour, 4 / 40 without.
    points = np.array([[0, 0], [distance, 0]], np.float64)
    assert local_rates(a(0, 5), a(10, 10), points, 300.0, PRIOR)[0] == pytest.approx(rate)


def test_own_leads_do_not_move_the_local_rate():
    points = np.array([[0, 0], [10, 0]], np.float64)
    few, many = (local_rates(a(own, 5), a(10, 10), points, 300.0, PRIOR)[0] for own in (0, 50))
    assert few == many


def test_a_neighbour_with_no_firm_does_not_move_the_local_rate():
    points = np.zeros((2, 2))
    assert local_rates(a(0, 50), a(10, 0), points, 300.0, PRIOR)[0] == pytest.approx(0.1)


def test_buildings_at_one_point_are_each_others_neighbours():
    # (2 x 3 + 4) / (2 x 10 + 40) = 10/60 for each of three.
    assert local_rates(a(3, 3, 3), a(10, 10, 10), np.zeros((3, 2)), 1.0, PRIOR) == pytest.approx([1 / 6] * 3)


@pytest.mark.parametrize("n", [pytest.param(0, id="no building"), pytest.param(2, id="no lead")])
def test_local_rates_without_leads_are_0(n):
    assert local_rates(np.zeros(n), np.ones(n), np.zeros((n, 2)), 1.0, Prior(0.0, 1.0, 1.0)).tolist() == [0.0] * n


def test_posterior_on_paper():
    # Gamma(2 + 3, 2/0.05 + 20) = Gamma(5, 60): mean 1/12, own share 20/60.
    posterior = posterior_rates(a(3), a(20), a(0.05), PRIOR)
    assert posterior.mean[0] == pytest.approx(1 / 12)
    assert posterior.own_share[0] == pytest.approx(1 / 3)


def by_grid(n_leads: int, exposure: float, prior_mean: float, shape: float) -> tuple[np.ndarray, np.ndarray]:
    """Rates and their posterior weights: prior density x Poisson likelihood, summed over 400,000 rates."""
    top = 60.0 * max(prior_mean, (n_leads + 1) / exposure)
    rates = (np.arange(400_000) + 0.5) * top / 400_000
    log_prior = (shape - 1) * np.log(rates) - rates * shape / prior_mean
    log_likelihood = n_leads * np.log(rates * exposure) - rates * exposure
    weight = np.exp(log_prior + log_likelihood - (log_prior + log_likelihood).max())
    return rates, weight / weight.sum()


@pytest.mark.parametrize(
    ("n_leads", "exposure", "prior_mean", "shape"),
    [(0, 20.0, 0.05, 2.0), (3, 20.0, 0.05, 2.0), (1, 400.0, 0.02, 1.5), (12, 50.0, 0.1, 4.0), (40, 9000.0, 0.001, 1.2)],
)
def test_posterior_is_prior_times_poisson_likelihood(n_leads, exposure, prior_mean, shape):
    rates, weight = by_grid(n_leads, exposure, prior_mean, shape)
    prior = Prior(mean_rate=0.06, shape=shape, dispersion=1.0)
    posterior = posterior_rates(a(n_leads), a(exposure), a(prior_mean), prior)
    assert posterior.mean[0] == pytest.approx((rates * weight).sum(), rel=1e-3)


def test_posterior_of_a_building_with_no_firm_is_its_prior():
    # Gamma(2, 40), mean 0.05.
    posterior = posterior_rates(a(0), a(0), a(0.05), PRIOR)
    assert posterior.mean[0] == pytest.approx(0.05)
    assert posterior.own_share[0] == 0.0


def test_posterior_without_leads_anywhere_is_0():
    posterior = posterior_rates(a(0, 0), a(9, 0), a(0, 0), Prior(0.0, 1.0, 1.0))
    assert posterior.mean.tolist() == posterior.own_share.tolist() == [0.0, 0.0]


def test_posterior_refuses_unlike_shapes():
    with pytest.raises(ValueError, match="one shape"):
        posterior_rates(a(1), a(1, 2), a(1), PRIOR)


@given(st.floats(0, 50), st.floats(0.1, 1e5), st.floats(1e-4, 1.0), st.floats(0.05, 50), st.floats(0.05, 2.0))
def test_posterior_mean_lies_between_the_raw_rate_and_the_prior(count, exposure, prior_mean, shape, dispersion):
    posterior = posterior_rates(a(count), a(exposure), a(prior_mean), Prior(0.01, shape, dispersion))
    ends = sorted([count / exposure, prior_mean])
    assert ends[0] * (1 - 1e-9) <= posterior.mean[0] <= ends[1] * (1 + 1e-9)
    assert 0.0 <= posterior.own_share[0] < 1.0


@given(st.floats(0.1, 50), st.floats(0.1, 1e4), st.floats(1e-3, 1.0), st.floats(0.1, 10))
def test_weights_in_another_unit_scale_the_posterior(count, exposure, prior_mean, unit):
    # Leads weighing 1 or 0.1 each: counts, rates and dispersion all scale, and what is known stays the same.
    one = posterior_rates(a(count), a(exposure), a(prior_mean), Prior(prior_mean, 2.0, 1.0))
    other = posterior_rates(a(unit * count), a(exposure), a(unit * prior_mean), Prior(unit * prior_mean, 2.0, unit))
    assert other.mean[0] == pytest.approx(unit * one.mean[0], rel=1e-9)
    assert other.own_share[0] == pytest.approx(one.own_share[0], abs=1e-9)
