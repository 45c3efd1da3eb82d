"""What leads weigh: half-lives, duplicates of an event, the horizon, and shares that prove true."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sweep.rank.rate.lead_weights import decayed_weight, effective_days, hit_shares, scoring_events


@pytest.mark.parametrize(
    ("age", "half_life", "weight"),
    [
        pytest.param(0.0, 30.0, 1.0, id="now"),
        pytest.param(30.0, 30.0, 0.5, id="one half-life"),
        pytest.param(60.0, 30.0, 0.25, id="two half-lives"),
        pytest.param(1.0, 2.0, 0.70710678, id="half a half-life"),  # 1 / sqrt 2
        pytest.param(6.0, 2.0, 0.125, id="goip, six days"),
    ],
)
def test_a_lead_loses_half_its_weight_in_each_half_life(age, half_life, weight):
    assert decayed_weight(np.array([age]), np.array([half_life]))[0] == pytest.approx(weight, rel=1e-8)


@given(st.floats(0, 400), st.floats(0, 400), st.floats(0.5, 90))
def test_two_waits_decay_as_their_sum(first, second, half_life):
    weights = decayed_weight(np.array([first, second, first + second]), np.full(3, half_life))
    assert weights[0] * weights[1] == pytest.approx(weights[2], rel=1e-9)


@pytest.mark.parametrize(
    ("age", "half_life", "message"),
    [
        pytest.param(-0.1, 30.0, "age_days must be >= 0", id="age below 0"),
        pytest.param(np.nan, 30.0, "age_days must be >= 0", id="age NaN"),
        pytest.param(1.0, 0.0, "half_life_days must be > 0", id="half-life 0"),
        pytest.param(1.0, np.nan, "half_life_days must be > 0", id="half-life NaN"),
    ],
)
def test_ages_and_half_lives_that_cannot_be_are_refused(age, half_life, message):
    with pytest.raises(ValueError, match=message):
        decayed_weight(np.array([age]), np.array([half_life]))


def test_no_lead_has_no_weight():
    assert len(decayed_weight(np.array([]), np.array([]))) == 0


@pytest.mark.parametrize(("half_life", "horizon"), [(30.0, 365.0), (2.0, 365.0), (90.0, 10.0)])
def test_effective_days_are_the_sum_of_daily_weights(half_life, horizon):
    # The area under the decay curve, by the trapezoid rule in steps of a thousandth of the horizon.
    ages = np.linspace(0.0, horizon, 20_001)
    area = np.trapezoid(0.5 ** (ages / half_life), ages)
    assert effective_days(half_life, horizon) == pytest.approx(area, rel=1e-4)


def test_a_horizon_of_one_half_life_is_worth_half_of_all_time():
    # h / ln 2 = 43.281 days for ever; half of it in the first 30.
    assert effective_days(30.0, 30.0) == pytest.approx(21.640, abs=1e-3)


@pytest.mark.parametrize(("half_life", "horizon"), [(0.0, 1.0), (1.0, 0.0), (np.nan, 1.0), (1.0, np.nan)])
def test_effective_days_of_no_time_are_refused(half_life, horizon):
    with pytest.raises(ValueError, match="must be > 0"):
        effective_days(half_life, horizon)


@pytest.mark.parametrize(
    "row",
    [
        pytest.param({"lead_source": "discovered"}, id="discovered"),
        pytest.param({"building_id": None}, id="at no building"),
        pytest.param({"age": -0.001}, id="in the future"),
        pytest.param({"age": 365.001}, id="beyond the horizon"),
    ],
)
def test_leads_that_do_not_score(row, make_leads, now):
    assert len(scoring_events(make_leads([row]), now, 365.0)) == 0


@pytest.mark.parametrize("age", [pytest.param(0.0, id="this moment"), pytest.param(365.0, id="at the horizon")])
def test_the_ends_of_the_horizon_score(age, make_leads, now):
    assert scoring_events(make_leads([{"age": age}]), now, 365.0)["age_days"].tolist() == [age]


def test_no_lead_gives_no_event(make_leads, now):
    assert len(scoring_events(make_leads([]), now, 365.0)) == 0


def test_the_newest_lead_stands_for_an_event(make_leads, now):
    leads = make_leads([{"event_id": "E", "age": 9.0}, {"event_id": "E", "age": 2.0}, {"event_id": "E", "age": 5.0}])
    assert scoring_events(leads, now, 365.0)["age_days"].tolist() == [2.0]


def test_leads_without_an_event_are_events_of_their_own(make_leads, now):
    events = scoring_events(make_leads([{"age": 2.0}, {"age": 1.0}]), now, 365.0)
    assert events["event_id"].tolist() == ["L001", "L000"]


def test_an_event_at_two_buildings_counts_at_both(make_leads, now):
    leads = make_leads([{"event_id": "E"}, {"event_id": "E", "building_id": "B2"}])
    assert sorted(scoring_events(leads, now, 365.0)["building_id"]) == ["B1", "B2"]


def test_the_table_given_is_not_changed(make_leads, now):
    leads = make_leads([{"event_id": "E"}, {"age": 9.0}])
    before = leads.copy()
    scoring_events(leads, now, 365.0)
    assert leads.equals(before)


PRIOR = {"tip": 0.10, "goip": 0.40}


@pytest.mark.parametrize(
    ("visits", "share"),
    [
        pytest.param([], 2 / 20, id="no visit"),
        pytest.param([{"outcome": "find"}], 3 / 21, id="one find"),
        pytest.param([{}], 2 / 21, id="one with nothing"),
        pytest.param([{"outcome": "irregular"}], 2 / 21, id="irregular is no find"),
        pytest.param([{"outcome": "no_access"}], 2 / 20, id="no access says nothing"),
        pytest.param([{"outcome": "find", "building_id": "B2"}], 2 / 20, id="another building"),
        pytest.param([{"outcome": "find", "age": 21.0}], 2 / 20, id="before the lead"),
        pytest.param([{"outcome": "find"}, {"age": 12.0}], 3 / 22, id="two days, one find"),
        pytest.param(
            [{"outcome": "find", "uscc": "F1"}, *({"uscc": f"F{k}"} for k in range(2, 11))], 3 / 21,
            id="ten firms of one visit are one visit",
        ),
        pytest.param([{"outcome": "find"}, {"authority": "police"}], 3 / 21, id="two authorities in one visit"),
    ],
)  # fmt: skip
def test_hit_share_is_a_prior_of_20_visits_moved_by_the_history(visits, share, make_leads, make_history):
    # A tip 20 days ago. Prior: 0.10 x 20 = 2 finds in 20 visits.
    shares = hit_shares(make_leads([{"age": 20.0}]), make_history(visits), PRIOR)
    assert {kind: known.mean for kind, known in shares.items()} == {"tip": pytest.approx(share), "goip": 0.40}


def test_visits_later_than_the_window_after_a_lead_do_not_count(make_leads, make_history):
    # From lead to visit 60 days and 61 days: one visit of the two counts, (2 + 1) / 21.
    leads = make_leads([{"age": 70.0}, {"age": 71.0, "building_id": "B2"}])
    history = make_history([{"outcome": "find"}, {"outcome": "find", "building_id": "B2"}])
    assert hit_shares(leads, history, PRIOR)["tip"].mean == pytest.approx(3 / 21)


def test_several_leads_before_one_visit_count_it_once(make_leads, make_history):
    leads = make_leads([{"age": 20.0}, {"age": 15.0}, {"age": 12.0}])
    assert hit_shares(leads, make_history([{"outcome": "find"}]), PRIOR)["tip"].mean == pytest.approx(3 / 21)


def test_discovered_leads_do_not_move_the_hit_share(make_leads, make_history):
    leads = make_leads([{"age": 20.0, "lead_source": "discovered"}])
    assert hit_shares(leads, make_history([{"outcome": "find"}]), PRIOR)["tip"].mean == pytest.approx(0.10)


def test_a_type_without_a_prior_is_refused(make_leads, make_history):
    with pytest.raises(KeyError, match="no prior hit share for lead types \\['cards'\\]"):
        hit_shares(make_leads([{"lead_type": "cards"}]), make_history([]), PRIOR)
