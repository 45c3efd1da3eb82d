"""Out of time: nothing of the future is known, and the sums are those of paper."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sweep.rank.backtest.backtest import BacktestData, DatedChecks, Protocol, backtest, events_after, freeze, summarise
from sweep.rank.backtest.baseline_rankings import Method, raw_count
from sweep.rank.backtest.judged_by_finds import calibration, judge_checks, scored_checks

PROTOCOL = Protocol(first_day=10.0, step_days=5.0, n_origins=2, lag_days=1.0, horizon_days=5.0, hours=1.0, k=2)


def case(rows, days, n=4, checks=None) -> BacktestData:
    points = np.column_stack([1000.0 * np.arange(n), np.zeros(n)])
    ones = np.ones(n)
    arrays = np.array(rows, np.int64), np.array(days, np.float64)
    return BacktestData(points, ones, ones, *arrays, checks) if checks else BacktestData(points, ones, ones, *arrays)


def test_what_comes_on_the_day_or_after_it_is_not_known():
    known = freeze(case([0, 1, 2, 3], [9.5, 9.999, 10.0, 11.0]), 10.0, seed=1)
    assert known.rows.tolist() == [0, 1]
    assert known.age_days == pytest.approx([0.5, 0.001])


def test_the_window_begins_after_the_lag_and_ends_before_the_next():
    events = case([0, 1, 2, 3], [10.9, 11.0, 15.999, 16.0])
    assert events_after(events, 11.0, 5.0).tolist() == [0.0, 1.0, 1.0, 0.0]


@settings(deadline=None)
@given(
    st.lists(st.tuples(st.integers(0, 3), st.floats(0, 30)), max_size=20),
    st.lists(st.tuples(st.integers(0, 3), st.floats(10, 30)), max_size=20),
)
def test_the_future_never_changes_a_score(past, future):
    rows, days = [r for r, _ in past + future], [d for _, d in past + future]
    before = [(r, d) for r, d in past if d < 10]
    with_future = raw_count(freeze(case(rows, days), 10.0, 1))
    assert (
        with_future.tolist()
        == raw_count(freeze(case(*zip(*before, strict=True)) if before else case([], []), 10.0, 1)).tolist()
    )


def test_a_backtest_on_paper():
    # Known on day 10: two events at the first place, one at the second. In [11, 16): one each at the first and third.
    # On day 15 the first has three; in [16, 21): two at the fourth.
    rows = backtest(case([0, 0, 1, 0, 2, 3, 3], [1, 2, 3, 12, 13, 17, 18]), [Method("count", raw_count)], PROTOCOL)
    assert rows["n_events"].tolist() == [2.0, 2.0]
    # One place of four in one hour: half of the events, then none; 0.5 / 0.25 = 2.
    assert rows["recall_hours"].tolist() == [0.5, 0.0]
    assert rows["pai_effort"].tolist() == [2.0, 0.0]
    # 1 % of four places is rounded up to one.
    assert rows["pai_1"].tolist() == [2.0, 0.0]
    # The first of two places is right, of two that hold events: 1 / (1 + 1/log2(3)).
    assert rows["ndcg"][0] == pytest.approx(1 / (1 + 1 / math.log2(3)))


def test_a_perfect_ranking_scores_1_and_its_reverse_minus_1():
    events = case([2, 2, 3], [12, 13, 14])
    perfect = Method("perfect", lambda _: np.array([0.0, 0.0, 2.0, 1.0]))
    wrong = Method("wrong", lambda _: np.array([2.0, 2.0, 0.0, 1.0]))
    rows = backtest(events, [perfect, wrong], PROTOCOL)
    assert rows[rows["day"] == 10.0]["gini"].tolist() == [1.0, -1.0]


@pytest.mark.parametrize("score", [np.zeros(3), np.array([0.0, 0.0, math.nan, 0.0])], ids=["too few", "NaN"])
def test_a_method_that_scores_not_every_place_is_refused(score):
    with pytest.raises(ValueError, match="method 'bad' must give one finite score for each of 4 places"):
        backtest(case([0], [1.0]), [Method("bad", lambda _: score)], PROTOCOL)


def test_the_interval_of_windows_alike_is_a_point_and_of_others_holds_the_mean():
    days = np.arange(12.0)
    rows = pd.DataFrame({"method": "m", "day": days, "n_events": 1.0, "same": 2.0, "other": days % 3})
    summary = summarise(rows, seed=1).set_index("measure")
    assert summary.loc["same", ["mean", "low", "high"]].tolist() == [2.0, 2.0, 2.0]
    assert summary.loc["other", "low"] <= summary.loc["other", "mean"] == 1.0 <= summary.loc["other", "high"]


@pytest.mark.parametrize(("n", "is_known"), [(1, False), (5, False), (6, True)])
def test_fewer_than_six_windows_have_no_interval(n, is_known):
    rows = pd.DataFrame({"method": "m", "day": np.arange(float(n)), "n_events": 1.0, "x": np.arange(float(n))})
    row = summarise(rows, seed=1).iloc[0]
    assert row["mean"] == (n - 1) / 2
    assert row[["low", "high"]].notna().tolist() == [is_known] * 2


def test_the_interval_is_as_wide_as_the_error_of_a_mean_of_windows():
    # 400 windows that know nothing of each other, spread 1: 90 % of means within 1.645 / 20 = 0.082.
    widths = []
    for seed in range(10):
        values = np.random.default_rng(seed).normal(size=400)
        rows = pd.DataFrame({"method": "m", "day": np.arange(400.0), "n_events": 1.0, "x": values})
        row = summarise(rows, seed=2).iloc[0]
        widths.append((row["high"] - row["low"]) / 2)
    assert np.mean(widths) == pytest.approx(1.645 / 20, rel=0.1)


def test_windows_without_events_are_left_out_of_the_mean():
    rows = pd.DataFrame({"method": "m", "day": [1.0, 2.0], "n_events": [0.0, 3.0], "x": [math.nan, 4.0]})
    assert summarise(rows, seed=1).iloc[0]["mean"] == 4.0


def checks(*visits) -> DatedChecks:
    rows, days, finds, groups = zip(*visits, strict=True)
    return DatedChecks(np.array(rows), np.array(days, float), np.array(finds, bool), np.array(groups))


def test_finds_are_held_against_scores_of_the_same_window():
    # First window: a find at place 0 (score 2) and none at place 1 (score 1): right. Second: place 0 (3) and 3 (0).
    # Five of each, for a figure on fewer than ten finds is not shown.
    once = ((0, 12, True, "a"), (1, 13, False, "a"), (0, 17, False, "a"), (3, 18, True, "b"), (2, 99, True, "a"))
    seen = checks(*once * 5)
    known = case([0, 0, 1, 0], [1, 2, 3, 12], checks=seen)
    areas, bins = judge_checks(known, [Method("count", raw_count)], PROTOCOL)
    row = {k: areas.iloc[0][k] for k in ("method", "n_checks", "n_finds", "auc", "auc_within")}
    assert row == {"method": "count", "n_checks": 20, "n_finds": 10, "auc": 0.5, "auc_within": 1.0}
    assert "count" not in set(bins["method"])


@pytest.mark.parametrize(("first_day", "is_new"), [(10.0, True), (10.5, True), (11.0, False)])
def test_a_list_knows_the_checks_of_days_before_its_own_whatever_hour_it_is_made_at(first_day, is_new):
    seen = case([0], [1], checks=checks((0, 10, False, "a"), (0, 13, False, "a")))
    protocol = replace(PROTOCOL, first_day=first_day, n_origins=1)
    assert scored_checks(seen, Method("count", raw_count), protocol)["is_new"].tolist() == [is_new]


def test_drawn_visits_are_judged_apart():
    # Of the drawn ones a find at place 1 (score 1) and none at place 0 (2): wrong way round.
    once = ((0, 12, True, "a"), (1, 13, True, "a"), (0, 14, False, "a"), (3, 14, False, "a"))
    seen = replace(checks(*once * 10), is_drawn=np.array([False, True, True, False] * 10))
    areas, _ = judge_checks(case([0, 0, 1], [1, 2, 3], checks=seen), [Method("count", raw_count)], PROTOCOL)
    row = {k: areas.iloc[0][k] for k in ("n_drawn", "n_drawn_finds", "auc_drawn")}
    assert row == {"n_drawn": 20, "n_drawn_finds": 10, "auc_drawn": 0.0}
    # The desk chose the visits of places 0 and 3, of which each tenth found something as often as a drawn one.
    assert areas.iloc[-1]["method"] == "desk" and areas.iloc[-1]["auc"] == 0.5


@pytest.mark.parametrize(("groups", "is_compared"), [(["a", "a", "b"], True), (["a", "a", "a"], False)])
def test_a_history_that_names_one_team_has_no_forecast_by_team(groups, is_compared):
    seen = checks(*((k, 11, k == 1, group) for k, group in enumerate(groups)))
    areas, _ = judge_checks(case([0, 0, 1], [1, 2, 3], checks=seen), [Method("count", raw_count)], PROTOCOL)
    assert ("inspector" in set(areas["method"])) == is_compared


def test_calibration_sums_probabilities_and_finds():
    p = np.array([0.1, 0.2, 0.6, 0.8, 0.1, 0.3, 0.5, 0.9, 0.4, 0.2])
    find = np.array([False, True, True, True, False, False, False, True, True, False])
    table = calibration(p, find)
    assert table["n"].tolist() == [2] * 5
    assert table["expected"].tolist() == pytest.approx([0.2, 0.4, 0.7, 1.1, 1.7])
    assert table["finds"].tolist() == [0, 1, 1, 1, 2]


def test_probabilities_are_given_by_method():
    method = Method("m", raw_count, lambda known: known.counts / 10)
    visits = checks((0, 12, True, "a"), (1, 13, False, "a"))
    _, bins = judge_checks(case([0, 0, 1], [1, 2, 3], checks=visits), [method], PROTOCOL)
    bins = bins[bins["method"] == "m"]
    assert bins[["method", "n", "expected", "finds"]].to_numpy().tolist() == [["m", 1, 0.1, 0], ["m", 1, 0.2, 1]]


def test_without_visits_there_is_nothing_to_hold_against():
    areas, bins = judge_checks(case([0], [1.0]), [Method("m", raw_count, raw_count)], PROTOCOL)
    assert areas.iloc[0]["n_checks"] == 0
    assert math.isnan(areas.iloc[0]["auc"])
    assert bins.empty
