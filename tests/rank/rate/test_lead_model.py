"""The chance of a den: what one lead, several leads and a tower that always draws leads come to, on paper."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sweep.rank.rate.lead_model import gather_chances, lead_proneness


def p_den(weights, *, unreported=0.0, prior_odds=0.1, proneness=1.0):
    """P(den) at one building that has these leads."""
    one = [np.array([x]) for x in (unreported, prior_odds, proneness)]
    return float(gather_chances(np.zeros(len(weights), np.int64), np.array(weights, float), *one).p_den[0])


def test_without_a_lead_the_prior_is_left():
    # Apart: 1 - e^-0.2; together: odds of 0.1 are 1/11.
    assert p_den([], unreported=0.2) == pytest.approx((1 - math.exp(-0.2) + 1 / 11) / 2)


def test_one_lead_adds_its_odds():
    # A lead that is true two times in three has odds of 2: 2.1 with the prior's. Apart: 1 - 1/3.
    assert p_den([2 / 3]) == pytest.approx((2 / 3 + 2.1 / 3.1) / 2)


def test_two_leads_bear_each_other_out():
    # Each has odds of 1, ten times the prior's: 0.1 x 11 x 11 = 12.1. Apart: 1 - 1/4.
    assert p_den([0.5, 0.5]) == pytest.approx((3 / 4 + 12.1 / 13.1) / 2)


def test_where_leads_come_in_anyway_two_say_less():
    # Five times as many stale leads as usual: 0.1 x (1 + 10 / 5)^2 = 0.9.
    assert p_den([0.5, 0.5], proneness=5.0) == pytest.approx((3 / 4 + 0.9 / 1.9) / 2)


def test_leads_multiply_odds_as_if_one_building_in_a_thousand_held_a_den_at_least():
    # 0.001 x (1001^2 - 1) = 1002.
    assert p_den([0.5, 0.5], prior_odds=0.0) == pytest.approx((3 / 4 + 1002 / 1003) / 2, abs=1e-5)
    assert p_den([], prior_odds=0.0) == 0.0


@pytest.mark.parametrize("prior_odds", [0.0, 0.1, 5.0])
def test_however_many_leads_there_are_the_chance_is_a_number(prior_odds):
    # A thousand even odds at a tower in a thousand come to a factor of 1001^1000, which no float holds.
    assert p_den([0.5] * 1_000, prior_odds=prior_odds) == 1.0


@given(
    st.lists(st.floats(0.0, 1.0), max_size=6), st.floats(0.0, 1.0), st.floats(0.0, 3.0),
    st.floats(0.0, 5.0), st.floats(0.1, 20.0),
)  # fmt: skip
def test_one_more_lead_never_makes_a_den_less_likely(weights, more, unreported, prior_odds, proneness):
    given_to = {"unreported": unreported, "prior_odds": prior_odds, "proneness": proneness}
    before, after = p_den(weights, **given_to), p_den([*weights, more], **given_to)
    assert 0.0 <= before <= after + 1e-12
    assert after <= 1.0


def test_one_more_lead_is_gathered_like_the_others():
    row, one = np.zeros(2, np.int64), np.ones(1)
    two = gather_chances(row, np.array([0.3, 0.2]), 0.5 * one, 0.1 * one, 2.0 * one)
    first = gather_chances(row[:1], np.array([0.3]), 0.4 * one, 0.1 * one, 2.0 * one)
    assert first.with_one_more_lead(0.2, 0.5 * one).p_den == pytest.approx(two.p_den)


def test_fresh_leads_make_no_tower_prone():
    assert lead_proneness(np.array([0, 0, 0, 1]), np.ones(4), np.full(3, 9.0)) == pytest.approx([1.0] * 3)


@pytest.mark.parametrize("stale", [1e-12, 1e-9, 1e-6, 1e-3])
def test_leads_that_have_hardly_aged_make_no_tower_prone(stale):
    # Two leads of three like towers at one: together 2 x stale stale leads, against a prior of shape 50 that expects
    # 2 / 3 x stale: (50 + 2 stale) / (50 + 2 / 3 stale).
    proneness = lead_proneness(np.array([0, 0]), np.full(2, 1.0 - stale), np.full(3, 430.0))
    assert proneness[0] == pytest.approx((50 + 2 * stale) / (50 + 2 / 3 * stale), rel=1e-9)
    assert proneness == pytest.approx([1.0] * 3, abs=stale)


def test_a_tower_with_many_stale_leads_is_prone_and_a_large_one_is_not():
    # 40 towers of one size with a stale lead each but the first, which has 20; and one ten times as large with 10.
    rows = np.repeat(np.arange(41), [20, *[1] * 39, 10])
    proneness = lead_proneness(rows, np.zeros(len(rows)), np.array([9.0] * 40 + [90.0]))
    assert proneness[0] > 5.0
    assert proneness[1:40] == pytest.approx([proneness[1]] * 39)
    assert 0.5 < proneness[40] < 1.1
    assert proneness[1] < 1.0


@pytest.mark.parametrize("exposure", [[], [0.0, 0.0]], ids=["no building", "no firm"])
def test_where_there_is_nothing_to_compare_with_nobody_is_prone(exposure):
    found = lead_proneness(np.zeros(0, np.int64), np.zeros(0), np.array(exposure))
    assert found == pytest.approx([1.0] * len(exposure))
