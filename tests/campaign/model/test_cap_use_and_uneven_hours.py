"""Caps used and left, and how evenly hours are shared."""

from __future__ import annotations

import pytest

from sweep.campaign.model.cap_use_and_uneven_hours import cap_accounts, gini
from sweep.campaign.model.replay_measures import mean_and_error


def test_a_firm_is_full_once_done_and_planned_reach_its_cap() -> None:
    done = [("police", "u1", 2026), ("police", "u1", 2025), ("market_regulation", "u2", 2026)]
    found = list(cap_accounts({"u1": "B", "u2": "B"}, {"A": 1, "B": 2}, done, [("u1", 2026)], [2026]))
    police, market = found
    # Two each: u1 has used both up at the police, u2 none; at the market regulation each has one left.
    assert (police.n_done, police.n_planned, police.n_left, police.n_full) == (1, 1, 2, 1)
    assert (market.n_done, market.n_planned, market.n_left, market.n_full) == (1, 1, 2, 0)


def test_a_firm_over_its_cap_takes_nothing_of_what_others_have_left() -> None:
    done = [("police", "u1", 2026)] * 3
    police, _ = cap_accounts({"u1": "A", "u2": "A"}, {"A": 1}, done, [], [2026])
    assert (police.n_left, police.n_full) == (1, 1)


def test_gini() -> None:
    assert gini([]) == gini([3.0, 3.0, 3.0]) == pytest.approx(0.0)
    # One of two has all: 2 x (2 x 1) / (2 x 1) - 3/2 = 1/2.
    assert gini([0.0, 1.0]) == pytest.approx(0.5)


def test_mean_and_standard_error() -> None:
    # 1, 3: mean 2, deviation sqrt(2), over sqrt(2).
    assert mean_and_error([1.0, 3.0]) == (2.0, pytest.approx(1.0))
    mean, error = mean_and_error([4.0])
    assert mean == 4.0
    assert error != error
