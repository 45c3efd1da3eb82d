"""Forecasts from past checks alone: on paper."""

from __future__ import annotations

import numpy as np
import pytest

from sweep.rank.backtest.backtest import DatedChecks
from sweep.rank.backtest.baseline_forecasts import FORECASTS, CheckRequests, inspector_alone, last_outcome, own_rate

# Place 0: find, then nothing; place 1: nothing, find; place 2 never.
KNOWN = DatedChecks(
    rows=np.array([0, 0, 1, 1]),
    days=np.array([1.0, 5.0, 2.0, 9.0]),
    is_find=np.array([True, False, False, True]),
    group=np.array(["a", "b", "b", "a"]),
)
ASKED = CheckRequests(np.array([0, 1, 2]), np.array(["a", "b", "c"]), 10.0)


def test_the_own_rate_is_pulled_to_that_of_all_by_two_checks():
    # Rate of all (2 + 1/2) / (4 + 1) = 1/2; places 0 and 1 have one find of two, place 2 none of none.
    assert own_rate(KNOWN, ASKED).tolist() == [0.5, 0.5, 0.5]
    one = DatedChecks(KNOWN.rows[:1], KNOWN.days[:1], KNOWN.is_find[:1], KNOWN.group[:1])
    # Rate of all 1.5 / 2: (1 + 2 x 3/4) / 3, and 3/4 where there is no check.
    assert own_rate(one, ASKED).tolist() == pytest.approx([2.5 / 3, 0.75, 0.75])


def test_who_looks_is_told_by_what_they_found():
    # a found in two of two, b in none of two, pulled by twenty checks at 1/2.
    assert inspector_alone(KNOWN, ASKED).tolist() == pytest.approx([12 / 22, 10 / 22, 0.5])


def test_the_last_outcome_orders_places():
    many = DatedChecks(*(np.tile(x, 30) for x in (KNOWN.rows, KNOWN.days, KNOWN.is_find, KNOWN.group)))
    many = DatedChecks(many.rows + 3 * np.repeat(np.arange(30), 4), many.days, many.is_find, many.group)
    # A find was always followed by nothing, and nothing by a find.
    after_nothing, after_find, never = last_outcome(many, ASKED)
    assert after_nothing > never > after_find


@pytest.mark.parametrize("forecast", FORECASTS.values(), ids=FORECASTS)
def test_before_the_first_check_all_places_are_alike(forecast):
    none = DatedChecks(*(x[:0] for x in (KNOWN.rows, KNOWN.days, KNOWN.is_find, KNOWN.group)))
    assert len(set(forecast(none, ASKED).tolist())) == 1
