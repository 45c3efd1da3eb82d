"""A memory fitted to the past: quick where events are, long where they last, and none where nothing is gained."""

from __future__ import annotations

import numpy as np
import pytest

from sweep.rank.backtest.fitted import fit_shares, fitted_memory, readings
from sweep.rank.backtest.methods import Snapshot, local_bayes

N = 100
POINTS = np.column_stack([1_000.0 * np.arange(N), np.zeros(N)])


def snapshot(rows, days, day=400.0) -> Snapshot:
    return Snapshot(day, np.asarray(rows, np.int64), day - np.asarray(days, float), POINTS, np.ones(N), seed=1)


def lasting(seed=1) -> Snapshot:
    """Ten places have nine tenths of the events, all the time."""
    rng = np.random.default_rng(seed)
    rows = np.where(rng.random(2_000) < 0.9, rng.integers(0, 10, 2_000), rng.integers(0, N, 2_000))
    return snapshot(rows, rng.uniform(0, 400, 2_000))


def moving(seed=1) -> Snapshot:
    """Another place has all events every 80 days."""
    rng = np.random.default_rng(seed)
    days = rng.uniform(0, 400, 2_000)
    return snapshot(17 * (days // 80).astype(int), days)


def share_of(known: Snapshot, names: set[str]) -> float:
    fit = fit_shares(known, POINTS, 700.0, 90.0)
    assert fit is not None
    return float(sum(s for name, s in zip(fit.names, fit.shares, strict=True) if name in names))


def test_where_events_move_on_the_memory_is_days():
    assert share_of(moving(), {"own_2", "own_7"}) > 0.6
    fit = fit_shares(moving(), POINTS, 700.0, 90.0)
    assert fit is not None and fit.gain > 0.3


def test_where_places_last_what_is_years_old_still_counts():
    assert share_of(lasting(), {"own_365", "own_1460", "own"}) > 0.6
    assert share_of(lasting(), {"own_2", "own_7"}) < 0.1


def test_each_reading_adds_up_to_one_and_holds_nothing_for_impossible():
    columns = readings(lasting(), POINTS, 700.0, 90.0)
    assert columns.sum(axis=0).tolist() == pytest.approx([1.0] * columns.shape[1])
    assert (columns > 0.0).all()


@pytest.mark.parametrize("n", [0, 3, 40], ids=["none", "three", "forty"])
def test_few_events_fit_nothing_and_leave_the_order_as_it_was(n):
    known = snapshot(np.arange(n) % 7, np.linspace(1, 399, n))
    assert fit_shares(known, POINTS, 700.0, 90.0) is None
    own = np.argsort(-local_bayes(POINTS, 700.0, 90.0)(known), kind="stable")
    assert np.argsort(-fitted_memory(POINTS, 700.0, 90.0)(known).round(12), kind="stable").tolist() == own.tolist()
