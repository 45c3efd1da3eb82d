"""Rankings set side by side, each against its sum on paper."""

from __future__ import annotations

import math

import numpy as np
import pytest

from sweep.rank.backtest.methods import (
    Snapshot,
    decayed_per_hour,
    kernel_density,
    local_bayes,
    local_gi,
    random_order,
    raw_count,
    raw_rate,
)
from sweep.rank.rate.density import Prior, local_rates, posterior_rates

POINTS = np.array([[0, 0], [100, 0], [300, 0], [5_000, 0]], np.float64)


def known(rows=(0, 0, 1), ages=(10.0, 20.0, 30.0), population=(10.0, 5.0, 0.0, 20.0), day=180.0) -> Snapshot:
    return Snapshot(
        day, np.array(rows, np.int64), np.array(ages, np.float64), POINTS, np.array(population, np.float64), seed=1
    )


def test_counts_and_rates():
    assert raw_count(known()).tolist() == [2.0, 1.0, 0.0, 0.0]
    assert raw_rate(known()).tolist() == [0.2, 0.2, 0.0, 0.0]


def test_decayed_leads_per_hour():
    # 2^-1 + 2^-2 in 3 hours.
    assert decayed_per_hour(np.array([3.0, 1.0, 1.0, 1.0]), 10.0)(known())[0] == pytest.approx(0.25)


def test_a_heat_map_is_a_sum_of_kernels():
    # At the third place: 2 exp(-(300/100)^2 / 2) + 1 exp(-(200/100)^2 / 2).
    heat = kernel_density(POINTS, 100.0)(known())
    assert heat[2] == pytest.approx(2 * math.exp(-4.5) + math.exp(-2.0))
    assert heat[3] == 0.0


def test_gi_on_paper():
    # x = 2, 1, 0, 0: mean 0.75, variance 1.25 - 0.5625 = 0.6875. Around the second within 100 m: 2 places, sum 3.
    # z = (3 - 1.5) / (0.82916 x sqrt((4 x 2 - 4) / 3)) = 1.5667.
    assert local_gi(POINTS, 100.0)(known())[1] == pytest.approx(1.5 / math.sqrt(0.6875 * 4 / 3))


@pytest.mark.parametrize(("rows", "radius"), [((), 100.0), ((0, 1), 1e5)], ids=["no event", "all in one circle"])
def test_gi_where_nothing_differs_is_0(rows, radius):
    assert local_gi(POINTS, radius)(known(rows, [1.0] * len(rows))).tolist() == [0.0] * 4


def test_local_bayes_is_the_posterior_of_the_ranking(monkeypatch):
    prior = Prior(mean_rate=0.001, shape=0.7, dispersion=0.5)
    monkeypatch.setattr("sweep.rank.backtest.methods.fit_prior", lambda *_: prior)
    snapshot = known()
    counts = np.array([2.0**-1 + 2.0**-2, 2.0**-3, 0.0, 0.0])
    exposure = snapshot.population * 10.0 / math.log(2) * (1 - 2.0**-18)
    posterior = posterior_rates(counts, exposure, local_rates(counts, exposure, POINTS, 250.0, prior), prior)
    assert local_bayes(POINTS, 250.0, 10.0)(snapshot) == pytest.approx(posterior.mean)


def test_without_events_every_ranking_but_chance_is_a_tie():
    nothing = known((), ())
    methods = [raw_count, raw_rate, decayed_per_hour(np.ones(4), 9.0), kernel_density(POINTS, 99.0)]
    methods += [local_gi(POINTS, 99.0), local_bayes(POINTS, 99.0, 9.0)]
    assert [set(method(nothing)) for method in methods] == [{0.0}] * 6


def test_chance_is_seeded_and_new_each_day():
    assert random_order(known()).tolist() == random_order(known()).tolist() != random_order(known(day=194.0)).tolist()
