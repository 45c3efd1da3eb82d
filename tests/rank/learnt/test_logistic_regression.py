"""The logistic model: on paper, against Newton's method written apart, and what its parts must add up to."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import minimize

from sweep.rank.learnt.logistic_regression import fit_logistic

FREE = 1e-8


def fit(x, y, group=None, weights=None, *, penalty=FREE, group_penalty=FREE):
    features = np.array(x, np.float64).reshape(len(y), -1)
    who = np.zeros(len(y), np.int64) if group is None else np.array(group, np.int64)
    worth = np.ones(len(y)) if weights is None else np.array(weights, np.float64)
    return fit_logistic(features, np.array(y, bool), who, worth, penalty=penalty, group_penalty=group_penalty)


def test_one_yes_or_no_feature_gives_the_shares_of_the_table():
    # Of ten checks without it 2 find, of ten with it 6: 0.2 and 0.6.
    model = fit([0] * 10 + [1] * 10, [1] * 2 + [0] * 8 + [1] * 6 + [0] * 4)
    assert model.probability(np.array([[0.0], [1.0]])) == pytest.approx([0.2, 0.6], abs=1e-5)


def test_a_check_of_weight_three_counts_as_three():
    # Without: find, nothing x 3 (one check of weight 3) -> 1/4. With: find x 3, nothing -> 3/4.
    model = fit([0, 0, 1, 1], [1, 0, 1, 0], weights=[1, 3, 3, 1])
    assert model.probability(np.array([[0.0], [1.0]])) == pytest.approx([0.25, 0.75], abs=1e-5)


def test_what_is_the_teams_doing_is_not_the_features():
    # Team A finds 8 of 10 wherever it goes, and goes to x = 1 eight times in ten; B finds 2 of 10 and goes there twice.
    x = [1] * 40 + [0] * 10 + [1] * 10 + [0] * 40
    y = [1] * 32 + [0] * 8 + [1] * 8 + [0] * 2 + [1] * 2 + [0] * 8 + [1] * 8 + [0] * 32
    naive, by_team = fit(x, y), fit(x, y, [0] * 50 + [1] * 50)
    both = np.array([[0.0], [1.0]])
    # Without teams (8 + 8) of 50 at x = 0 and (32 + 2) of 50 at x = 1; with them half and half: (0.8 + 0.2) / 2.
    assert naive.probability(both) == pytest.approx([0.32, 0.68], abs=1e-5)
    assert by_team.probability(both) == pytest.approx([0.5, 0.5], abs=1e-3)


def test_a_team_of_three_checks_is_pulled_to_the_others():
    y = [1, 0] * 50 + [1, 1, 1]
    effects = fit([[0.0]] * 103, y, [0] * 100 + [1] * 3, group_penalty=1.0).group_effects
    # All its checks found: without a pull its odds were infinite, with it they are under five times the others'.
    assert 0.2 < effects[1] - effects[0] < 1.6


def newton(design, y, weights, ridge):
    """Iteratively reweighted least squares."""
    beta = np.zeros(design.shape[1])
    for _ in range(100):
        p = 1 / (1 + np.exp(-design @ beta))
        w = weights * p * (1 - p)
        z = design @ beta + (y - p) / (p * (1 - p))
        beta = np.linalg.solve(design.T @ (w[:, None] * design) + np.diag(ridge), design.T @ (w * z))
    return beta


def test_checks_that_outweigh_the_others_count_as_many_as_they_are_before_the_prior():
    # Nothing at 0 and a find at 1, each a million times the 98 others, are two checks: the prior holds them as it
    # holds two alone.
    x, y = [0, 1, *[0, 1] * 49], [0, 1, *[0, 0, 1, 1] * 24, 0, 1]
    heavy = fit(x, y, weights=[1e6, 1e6, *[1.0] * 98], penalty=4.0, group_penalty=1.0)
    alone = fit([0, 1], [0, 1], penalty=4.0, group_penalty=1.0)
    assert [heavy.intercept, *heavy.slopes] == pytest.approx([alone.intercept, *alone.slopes], abs=1e-3)


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_the_fit_equals_reweighted_least_squares(seed):
    rng = np.random.default_rng(seed)
    x, group, weights = rng.normal(5.0, 3.0, (200, 4)), rng.integers(0, 3, 200), rng.uniform(0.5, 9.0, 200)
    y = rng.random(200) < 1 / (1 + np.exp(2 - 0.4 * (x[:, 0] - 5) - 0.5 * group))
    model = fit(x, y, group, weights, penalty=1.0, group_penalty=2.0)
    z = (x - x.mean(axis=0)) / x.std(axis=0)
    design = np.column_stack([np.ones(200), z, *(group == k for k in range(3))])
    beta = newton(
        design, y.astype(float), weights * weights.sum() / (weights**2).sum(), np.array([0.0, 1, 1, 1, 1, 2, 2, 2])
    )
    assert [model.intercept, *model.slopes, *model.group_effects] == pytest.approx(beta, abs=1e-6)


@settings(deadline=None, max_examples=30)
@given(st.integers(0, 1000), st.integers(1, 5), st.integers(1, 3))
def test_base_and_parts_add_up_to_the_probability(seed, n_features, n_groups):
    rng = np.random.default_rng(seed)
    x, y = rng.normal(0.0, 2.0, (60, n_features)), rng.random(60) < 0.4
    model = fit(x, y, rng.integers(0, n_groups, 60), penalty=1.0, group_penalty=1.0)
    new = np.vstack([rng.normal(0.0, 5.0, (20, n_features)), x.mean(axis=0)])
    base, parts = model.parts(new)
    assert base + parts.sum(axis=1) == pytest.approx(model.probability(new), abs=1e-9)


def test_slopes_with_no_say_stay_at_their_prior():
    # One of two finds, whatever the feature: a stiff prior of 0.5 a unit holds, a free fit gives 0.
    x, y = np.array([[0.0], [2.0]] * 20), np.array([1, 1, 0, 0] * 10, bool)
    args = (x, y, np.zeros(40, np.int64), np.ones(40), np.array([0.5]))
    stiff, free = (fit_logistic(*args, penalty=p) for p in (1e9, FREE))
    assert stiff.slopes[0] / stiff.spread[0] == pytest.approx(0.5, abs=1e-6)
    assert free.slopes[0] / free.spread[0] == pytest.approx(0.0, abs=1e-6)


def test_a_feature_that_never_varies_moves_nothing():
    model = fit([[3.0, 0.0], [3.0, 1.0]] * 10, [0, 1, 1, 0] * 5, penalty=1.0)
    assert np.isfinite(model.probability(np.array([[3.0, 0.0]]))).all()
    assert model.slopes[0] == pytest.approx(0.0, abs=1e-9)


@pytest.mark.parametrize(
    ("x", "weights", "message"),
    [
        pytest.param([np.nan, 1.0], [1.0, 1.0], "features must be finite", id="feature NaN"),
        pytest.param([0.0, 1.0], [1.0, 0.0], "weights finite and > 0", id="weight 0"),
        pytest.param([0.0, 1.0], [1.0, np.inf], "weights finite and > 0", id="weight infinite"),
    ],
)
def test_what_cannot_be_is_refused(x, weights, message):
    with pytest.raises(ValueError, match=message):
        fit(x, [0, 1], weights=weights)


def test_no_check_is_refused():
    with pytest.raises(ValueError, match="at least one"):
        fit_logistic(np.zeros((0, 2)), np.zeros(0, bool), np.zeros(0, np.int64), np.zeros(0))


@pytest.mark.parametrize("seed", range(4))
def test_held_slopes_are_the_best_that_their_signs_allow(seed):
    # Against L-BFGS-B of scipy on the same loss, written out here.
    rng = np.random.default_rng(seed)
    x = rng.normal(size=(300, 4))
    x = (x - x.mean(axis=0)) / x.std(axis=0)
    find = rng.random(300) < 1 / (1 + np.exp(1.0 + x[:, 0] - x[:, 1] + 0.2 * x[:, 2]))
    signs = np.array([1, 1, -1, 0])
    model = fit_logistic(x, find, np.zeros(300, np.int64), np.ones(300), penalty=2.0, group_penalty=1.0, signs=signs)

    def loss(beta):
        z = beta[0] + x @ beta[1:5] + beta[5]
        return np.sum(np.logaddexp(0, z) - find * z) + np.sum(beta[1:5] ** 2) + 0.5 * beta[5] ** 2

    bounds = [(None, None), (0, None), (0, None), (None, 0), (None, None), (None, None)]
    best = minimize(loss, np.zeros(6), method="L-BFGS-B", bounds=bounds, tol=1e-12).x
    assert model.slopes == pytest.approx(best[1:5], abs=1e-3)
    assert model.slopes[0] == 0.0


def test_what_seems_to_vary_by_rounding_alone_moves_nothing():
    # The mean of 1,001 times log 13 is not log 13 to the last bit: in units of that spread 20 firms are far off.
    rng = np.random.default_rng(1)
    x = np.column_stack([np.full(1001, np.log(13.0)), rng.normal(size=1001)])
    assert x.std(axis=0)[0] > 0.0
    model = fit(x, rng.random(1001) < 0.2, penalty=4.0)
    p = model.probability(np.array([[np.log(13.0), 0.0], [np.log(20.0), 0.0]]))
    assert p[0] == pytest.approx(p[1])


def test_a_feature_that_never_varied_keeps_its_prior():
    x, y = np.array([[2.0]] * 40), np.array([True, False] * 20)
    model = fit_logistic(x, y, np.zeros(40, np.int64), np.ones(40), prior_slopes=np.array([1.0]))
    # Even odds at 2, and e times as much at 3.
    assert model.probability(np.array([[2.0], [3.0]])) == pytest.approx([0.5, np.e / (1.0 + np.e)], abs=1e-6)


@pytest.mark.parametrize(("marks", "least", "most"), [([True], 0.0, 0.3), (None, 1.0, 9.0)], ids=["mark", "feature"])
def test_a_rare_kind_is_pulled_to_the_others_as_a_mark_alone(marks, least, most):
    # Three checks of a thousand are of the kind, and all of them found; of the others one in ten.
    x, y = np.zeros((1000, 1)), np.arange(1000) % 10 == 0
    x[:3], y[:3] = 1.0, True
    marked = None if marks is None else np.array(marks)
    model = fit_logistic(x, y, np.zeros(1000, np.int64), np.ones(1000), marks=marked)
    assert least < model.slopes[0] / model.spread[0] < most
