"""Rankings set side by side, each against its sum on paper."""

from __future__ import annotations

import numpy as np
import pytest

from sweep.rank.backtest.baseline_rankings import (
    Snapshot,
    decayed_per_hour,
    random_order,
    raw_count,
    raw_rate,
)

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


def test_without_events_every_ranking_but_chance_is_a_tie():
    nothing = known((), ())
    methods = [raw_count, raw_rate, decayed_per_hour(np.ones(4), 9.0)]
    assert [set(method(nothing)) for method in methods] == [{0.0}] * 3


def test_chance_is_seeded_and_new_each_day():
    assert random_order(known()).tolist() == random_order(known()).tolist() != random_order(known(day=194.0)).tolist()
