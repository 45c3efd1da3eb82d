"""How forecasts of checks are judged: on paper."""

from __future__ import annotations

import math

import numpy as np
import pandas as pd
import pytest

from sweep.rank.learnt.forecast_accuracy import forecast_measures, stratified_auc


def checks(score, find, *, p=None, origin="0", group="a", day=None, is_drawn=False) -> pd.DataFrame:
    n = len(score)
    day = np.arange(float(n)) if day is None else day
    return pd.DataFrame(
        {
            "score": score,
            "p": np.nan if p is None else p,
            "is_find": find,
            "origin": origin,
            "group": group,
            "day": day,
            "is_drawn": is_drawn,
        }
    )


def test_an_area_has_the_error_of_delong():
    # Finds at 3 and 1, misses at 2 and 0: of four pairs three are right. Shares above: 1, 1/2; below: 1/2, 1.
    area, error = stratified_auc(np.array([3.0, 1, 2, 0]), np.array([True, True, False, False]), pd.Series(["a"] * 4))
    assert area == 0.75
    assert error == pytest.approx(np.sqrt(0.125 / 2 + 0.125 / 2))


def test_two_scores_of_one_order_differ_by_nothing():
    score, find = np.array([3.0, 1, 2, 0]), np.array([True, True, False, False])
    assert stratified_auc(score, find, pd.Series(["a"] * 4), other_score=2 * score) == (0.0, 0.0)


def test_checks_of_two_windows_by_two_numbered_inspectors_are_never_a_pair():
    # All finds are of inspector 2 in window 11, all misses of 12 in window 1: neither has both, so there is no pair.
    is_find = np.arange(20) < 10
    origin, group = np.where(is_find, " 11", " 1"), np.where(is_find, "2", "12")
    table = checks(np.arange(20.0), is_find, origin=origin, group=group)
    assert np.isnan(forecast_measures(table)["auc_within"])


def test_a_figure_on_fewer_than_ten_finds_is_none():
    table = checks(np.arange(20.0), np.arange(20) >= 11)
    assert all(np.isnan(x) for x in forecast_measures(table).values())


def test_probabilities_that_are_right_have_slope_one_and_intercept_nought():
    # Of a hundred at .2 twenty find, of a hundred at .8 eighty.
    p = np.repeat([0.2, 0.8], 100)
    find = np.concatenate([np.arange(100) < 20, np.arange(100) < 80])
    found = forecast_measures(checks(p, find, p=p))
    assert [found[name] for name in ("slope", "intercept", "brier")] == pytest.approx([1.0, 0.0, 0.16], abs=1e-6)


def test_probabilities_twice_too_bold_have_a_slope_of_half():
    log_odds = np.log(4.0)
    p = np.repeat([1 / (1 + np.exp(2 * log_odds)), 1 / (1 + np.exp(-2 * log_odds))], 100)
    find = np.concatenate([np.arange(100) < 20, np.arange(100) < 80])
    assert forecast_measures(checks(p, find, p=p))["slope"] == pytest.approx(0.5, abs=1e-6)


def test_the_first_half_and_the_days_won_are_those_of_the_new_order():
    # Twenty checks on days 0 to 19, finds on the last ten, which have the highest scores: all in the first half. The
    # best takes day 0: the find of day 19 comes 19 days sooner, that of day 10 one: ten on average.
    found = forecast_measures(checks(np.arange(20.0), np.arange(20) >= 10))
    assert (found["first_half"], found["days_earlier"]) == (1.0, 10.0)


def test_a_team_that_finds_more_lends_a_score_no_merit():
    # The score only knows the team: perfect over all pairs, worth nothing inside a team.
    score = np.array([2.0, 2.0, 1.0, 1.0])
    positive, team = np.array([True, False, False, True]), pd.Series(["a", "a", "b", "b"])
    assert stratified_auc(score, positive, team)[0] == 0.5
    assert math.isnan(stratified_auc(score[:1], positive[:1], team[:1])[0])


def test_a_swap_exchanges_the_least_promising_tenth_of_the_desks_visits_for_the_best_drawn_ones():
    # The desk's 20 visits score 0 to 19 and the upper half find; drawn ones score 1 and 2, and the second finds.
    score, find = np.array([*range(20), 1.0, 2.0, 0.5]), np.array([False] * 10 + [True] * 10 + [False, True, True])
    table = checks(score, find, is_drawn=np.arange(23) >= 20)
    found = forecast_measures(table)
    assert found["swap"] == pytest.approx((1 - 0) / 10)
    assert found["swap_high"] == pytest.approx(0.1 + 1.645 / 10)
    assert np.isnan(forecast_measures(checks(score, find))["swap"])
