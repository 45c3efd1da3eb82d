"""Prevalence from the drawn visits: the exact interval, its coverage, and what counts."""

from __future__ import annotations

import math
from datetime import date

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import binomtest

from sweep.select.inclusion_probabilities import inclusion_probabilities
from sweep.select.prevalence import reserve_prevalence, weighted_share

DAY = date(2026, 9, 16)


@given(st.integers(1, 60), st.data(), st.floats(0.5, 90.0))
def test_with_equal_weights_the_interval_is_the_exact_binomial_one(n, data, weight):
    k = data.draw(st.integers(0, n))
    share, low, high = weighted_share([i < k for i in range(n)], np.full(n, weight))
    exact = binomtest(k, n).proportion_ci(0.95, "exact")
    assert (share, low, high) == pytest.approx((k / n, exact.low, exact.high), abs=1e-9)


def test_a_weighted_share_on_paper():
    # Weights 1, 2, 5, the second a find: 2 / 8.
    assert weighted_share([False, True, False], np.array([1.0, 2.0, 5.0]))[0] == 0.25


def test_no_visit_says_nothing():
    share, low, high = weighted_share([], np.zeros(0))
    assert math.isnan(share)
    assert (low, high) == (0.0, 1.0)


@pytest.mark.parametrize("spread", [0.0, 0.8], ids=["one chance for all", "chances by size"])
def test_coverage_and_bias_over_200_runs_of_26_weeks(spread):
    """Five of 300 buildings a week, a tenth with finds, more of them among the large ones if sizes differ."""
    rng = np.random.default_rng(1)
    size = rng.lognormal(0.0, spread, 300) if spread else np.ones(300)
    chance = inclusion_probabilities(size, 5)
    has = rng.random(300) < np.minimum(0.5, 0.1 * size / size.mean())
    hits, shares = 0, []
    for _ in range(200):
        drawn = np.concatenate([np.argsort(rng.random(300) / size)[:5] for _ in range(26)])
        share, low, high = weighted_share(has[drawn], 1.0 / chance[drawn])
        hits += low <= has.mean() <= high
        shares.append(share)
    assert hits / 200 >= 0.93
    assert abs(np.mean(shares) / has.mean() - 1.0) < 0.10


def routine(age, **more):
    return {"age": age, "selection_probability": 0.02, **more}


def prevalence_of(make_history, rows):
    return reserve_prevalence(make_history(rows), DAY)


def test_only_drawn_visits_of_the_52_weeks_before_count(make_history):
    rows = [
        routine(3, outcome="find"),
        routine(10, outcome="find", track="case"),
        {"age": 17, "outcome": "find"},
        routine(24, outcome="find", selection_probability=0.0),
        routine(365, outcome="find"),
        routine(-1, outcome="find"),
        routine(30),
    ]
    find, _ = prevalence_of(make_history, rows)
    assert (find.n_drawn, find.n_found, find.n_weeks, find.share) == (2, 1, 2, 0.5)


def test_no_access_is_no_answer(make_history):
    find, _ = prevalence_of(make_history, [routine(3, outcome="no_access"), routine(4, outcome="find"), routine(5)])
    assert (find.n_drawn, find.n_no_access, find.share) == (3, 1, 0.5)


def test_rows_of_one_building_and_day_are_one_visit(make_history):
    rows = [routine(3, outcome=o, authority=a) for o, a in (("no_access", "police"), ("find", "market_regulation"))]
    find, _ = prevalence_of(make_history, [*rows, routine(3, building_id="B2")])
    assert (find.n_drawn, find.n_no_access, find.n_found, find.share) == (2, 0, 1, 0.5)


def test_irregular_counts_beside_finds(make_history):
    find, irregular = prevalence_of(
        make_history, [routine(k, outcome=o) for k, o in enumerate(("find", "irregular", "nothing", "nothing"), 1)]
    )
    assert (find.share, irregular.share) == (0.25, 0.5)


def test_each_visit_weighs_one_over_its_chance(make_history):
    # 1 / 0.1 = 10 with a find, 1 / 0.025 = 40 without.
    rows = [routine(3, outcome="find", selection_probability=0.1), routine(9, selection_probability=0.025)]
    assert prevalence_of(make_history, rows)[0].share == pytest.approx(0.2)


@pytest.mark.parametrize(("n_weeks", "is_enough"), [(25, False), (26, True)])
def test_fewer_than_26_weeks_are_not_enough(make_history, n_weeks, is_enough):
    rows = [routine(7 * k + 1) for k in range(n_weeks)]
    assert prevalence_of(make_history, rows)[0].is_enough is is_enough


def test_no_history_is_no_prevalence(make_history):
    find, _ = prevalence_of(make_history, [])
    assert (find.n_drawn, find.n_weeks, find.is_enough) == (0, 0, False)
    assert math.isnan(find.share)
