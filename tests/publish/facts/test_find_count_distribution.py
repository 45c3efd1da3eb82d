"""The number of finds of a day: sums on paper, and what doubt and dens in one building do to it."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from sweep.publish.edition import Edition
from sweep.publish.facts.find_count_distribution import find_odds, finds_distribution
from sweep.publish.facts.plan_summary import plan_summary
from sweep.records.ranking import RankingFacts


def test_visits_without_doubt_find_independently_of_each_other():
    assert finds_distribution([0.5, 0.5], [0.0, 0.0], 0.0).shares == pytest.approx((0.25, 0.5, 0.25))


def test_no_visit_no_find():
    odds = finds_distribution([], [], 0.3)
    assert (odds.shares, odds.low, odds.high, odds.none) == ((1.0,), 0, 0, 1.0)


def test_doubt_makes_days_without_a_find_likelier():
    # The hazards are 12 x ln 2 in all; times a Gamma of mean 1 and shape k = 1 / 0.5^2 = 4 none is found with
    # (1 + 12 ln 2 / 4)^-4 = 0.0111 and not with 0.5^12 = 0.0002. Ninety-nine levels stand for the Gamma.
    assert finds_distribution([0.5] * 12, [0.0] * 12, 0.0).none == pytest.approx(0.5**12)
    assert finds_distribution([0.5] * 12, [0.0] * 12, 0.5).none == pytest.approx((1 + 3 * np.log(2)) ** -4, rel=0.06)


def test_a_visit_may_find_several_dens_and_as_often_none_as_before():
    # Chance 0.6, others on average 0.2: none with 0.4; one den that is reported, r = 1 - 0.4 e^0.2 = 0.51144; one find:
    # r e^-0.2 + (1 - r) 0.2 e^-0.2 = 0.41873 + 0.08000; the mean is r + 0.2.
    odds = finds_distribution([0.6], [0.2], 0.0)
    assert odds.shares[:2] == pytest.approx((0.4, 0.49873), abs=1e-5)
    assert float(np.arange(len(odds.shares)) @ odds.shares) == pytest.approx(0.71144, abs=1e-5)


def test_the_run_is_the_one_nearest_to_nine_in_ten():
    # Of 10 visits of 0.3: 0.028, 0.121, 0.233, 0.267, 0.200, 0.103, 0.037, ...; 1 to 5 hold 0.924, 1 to 4 hold 0.821.
    odds = finds_distribution([0.3] * 10, [0.0] * 10, 0.0)
    assert (odds.low, odds.high) == (1, 5)


def test_a_certain_find_is_counted():
    odds = finds_distribution([1.0, 0.0], [0.0, 0.0], 0.0)
    assert odds.shares == pytest.approx((0.0, 1.0), abs=1e-8)
    assert (odds.low, odds.high) == (1, 1)


@pytest.mark.parametrize("doubt", [0.0, 0.2, 0.6])
def test_runs_hold_what_happens_nine_days_in_ten(doubt):
    rng = np.random.default_rng(8)
    held = []
    for _ in range(300):
        chance = rng.beta(0.4, 3.0, 25)
        odds = finds_distribution(chance, np.zeros(25), doubt)
        level = rng.gamma(doubt**-2, doubt**2) if doubt else 1.0
        found = (rng.random(25) < 1 - (1 - chance) ** level).sum()
        held.append(odds.low <= found <= odds.high)
    # Standard error: sqrt(0.9 x 0.1 / 300) = 0.017; a run of whole numbers holds 0.9 only on average.
    assert np.mean(held) == pytest.approx(0.90, abs=0.05)


def test_an_editions_chance_of_none_is_the_product_of_misses(edition: Edition) -> None:
    # 0.5 and 0.2: (1 - 0.5) x (1 - 0.2) = 0.4.
    assert find_odds(edition).none == pytest.approx(0.4)


def test_an_editions_chance_of_none_carries_what_is_not_known(edition: Edition) -> None:
    facts = RankingFacts("rule", 0, 0, None, 0.0, doubt=1.0)
    # Gamma of shape 1: 1 / (1 + ln 2 + ln 1.25) = 0.522.
    doubtful = replace(edition, facts=facts)
    assert plan_summary(doubtful).no_find == pytest.approx(1 / (1 - np.log(0.4)), rel=0.03)
