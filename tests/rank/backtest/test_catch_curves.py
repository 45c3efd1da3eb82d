"""Curves of what a list catches, against sums on paper."""

from __future__ import annotations

import math

import numpy as np
import pytest

from sweep.rank.backtest.backtest import BacktestData, Protocol, backtest
from sweep.rank.backtest.baseline_rankings import Method, raw_count
from sweep.rank.backtest.catch_curves import SHARES, catch_curves

# A hundred places of one hour each. Known on day 10: place k has 100 - k events, so places come in order.
ROWS = np.repeat(np.arange(100), np.arange(100, 0, -1))
PROTOCOL = Protocol(first_day=10.0, step_days=5.0, n_origins=1, horizon_days=5.0, hours=4.0)


def case(rows, days) -> BacktestData:
    every = np.concatenate([ROWS, np.array(rows, np.int64)])
    when = np.concatenate([np.ones(len(ROWS)), np.array(days, np.float64)])
    return BacktestData(np.zeros((100, 2)), np.ones(100), np.ones(100), every, when)


def caught(table, axis):
    rows = table[table["axis"] == axis]
    return dict(zip(rows["x"], rows["caught"], strict=True))


def test_the_first_places_catch_what_lies_in_them():
    # Later events at places 0, 0, 7 and 60: half in the first place, three quarters in the first eight.
    curve = caught(catch_curves(case([0, 0, 7, 60], [11, 12, 13, 14]), [Method("m", raw_count)], PROTOCOL), "places")
    assert [curve[x] for x in (0.0, 0.01, 0.07, 0.08, 0.30)] == [0.0, 0.5, 0.5, 0.75, 0.75]


def test_hours_go_to_four_times_the_budget():
    curve = caught(catch_curves(case([0, 0, 7, 60], [11, 12, 13, 14]), [Method("m", raw_count)], PROTOCOL), "hours")
    assert max(curve) == 16.0
    assert [curve[x] for x in (0.0, 1.0, 7.0, 8.0, 16.0)] == [0.0, 0.5, 0.5, 0.75, 0.75]


def test_the_curve_meets_the_measures_of_the_table():
    rng = np.random.default_rng(1)
    known = case(rng.integers(0, 100, 50), rng.uniform(10, 40, 50))
    protocol = Protocol(first_day=10.0, step_days=5.0, n_origins=6, horizon_days=5.0, hours=4.0)
    methods = [Method("m", raw_count), Method("flat", lambda k: np.zeros(len(k.population)))]
    curves, rows = catch_curves(known, methods, protocol), backtest(known, methods, protocol)
    for key in ("m", "flat"):
        own = curves[curves["method"] == key]
        table = rows[rows["method"] == key]
        assert caught(own, "places")[0.05] == pytest.approx(table["hit_5"].mean())
        assert caught(own, "hours")[4.0] == pytest.approx(table["recall_hours"].mean())


def test_without_a_later_event_there_is_no_curve():
    table = catch_curves(case([], []), [Method("m", raw_count)], PROTOCOL)
    assert all(math.isnan(value) for value in table["caught"])
    assert len(table[table["axis"] == "places"]) == len(SHARES)
