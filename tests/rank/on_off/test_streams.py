"""Leads as what dens send while they are open: beside matrix exponentials, and what must always hold."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.linalg import expm

from sweep.rank.on_off.streams import Source, Streams, make_streams, states_of

# All buildings alike without a den, and none well-known, so that each is one pair of states.
EVEN = Source(0.1, 1.0 / 30.0, 0.01, 0.0005, shape=1e10, tower_share=1e-12, tower_a_day=1.0)
FIRMS = 20.0


def streams(ages, visits=(), span=200.0, firms=FIRMS, unseen=0.0, detection=0.8) -> Streams:
    """Those of one building."""
    k = len(ages)
    return make_streams(
        np.zeros(k, np.int64),
        np.asarray(ages, float),
        np.full(k, 0.2),
        (np.zeros(len(visits), np.int64), np.asarray(visits, float)),
        np.array([firms]),
        detection,
        span,
        unseen,
    )


def by_matrices(source: Source, ages, visits=(), span=200.0, detection=0.8) -> tuple[float, float]:
    """Log-likelihood, and the chance that a den is open now, by the exponential of the generator between entries."""
    usual = source.dens_a_firm * FIRMS
    opening = source.closing * usual / (1.0 - usual)
    false = source.false_a_firm_day * FIRMS
    generator = np.array([[-opening - false, source.closing], [opening, -source.closing - false - source.leads_a_day]])
    state, now = np.array([1.0 - usual, usual]), span
    for age, is_visit in sorted([*((a, False) for a in ages), *((a, True) for a in visits)], reverse=True):
        state, now = expm(generator * (now - age)) @ state, age
        if is_visit:
            state = np.array([state[0] + detection * state[1], (1.0 - detection) * state[1]])
        else:
            state = state * np.array([false, false + source.leads_a_day])
    state = expm(generator * now) @ state
    return float(np.log(state.sum())), float(state[1] / state.sum())


@pytest.mark.parametrize(
    ("ages", "visits"),
    [([], []), ([10.0], []), ([3.0, 5.0, 9.0], []), ([150.0, 2.0], []), ([40.0, 20.0], [10.0]), ([20.0], [50.0, 19.0])],
)
def test_a_building_comes_to_what_matrices_give(ages, visits):
    found = states_of(streams(ages, visits), EVEN)
    log_likelihood, chance = by_matrices(EVEN, ages, visits)
    assert found.p_den[0] == pytest.approx(chance, rel=1e-6)
    assert found.log_likelihood == pytest.approx(log_likelihood, rel=1e-6)


def test_a_lead_today_gives_what_one_more_was_said_to_give():
    before = states_of(streams([10.0]), EVEN, lead=(1.0, 1.0))
    assert states_of(streams([10.0, 0.0]), EVEN).p_den[0] == pytest.approx(before.with_lead[0], rel=1e-9)


def test_four_leads_of_late_say_more_than_one_and_one_of_last_month_little():
    chances = [states_of(streams(ages), EVEN).p_den[0] for ages in ([], [40.0], [2.0], [2.0, 6.0, 10.0, 15.0])]
    assert chances == sorted(chances)
    # The half-life of an open den would leave two fifths of the second's; silence since takes more.
    assert chances[1] < 0.2 * chances[2]


def test_where_leads_always_come_another_says_little():
    towers = EVEN._replace(tower_share=0.01, tower_a_day=0.2)
    often = streams([*np.arange(60.0, 200.0, 4.0), 2.0])
    seldom = streams([2.0])
    assert states_of(often, towers).p_den[0] < 0.5 * states_of(seldom, towers).p_den[0]


def test_nothing_is_said_by_days_of_which_nothing_is_known_yet():
    seen, unseen = (states_of(streams([22.0, 25.0], unseen=days), EVEN).p_den[0] for days in (0.0, 20.0))
    then = states_of(streams([2.0, 5.0], span=180.0), EVEN).p_den[0]
    usual, closing = EVEN.dens_a_firm * FIRMS, EVEN.closing / (1.0 - EVEN.dens_a_firm * FIRMS)
    assert unseen == pytest.approx(usual + (then - usual) * np.exp(-20.0 * closing), rel=1e-6)
    assert seen < unseen < then


def test_as_many_leads_are_expected_as_the_rates_come_to():
    # Long after the last entry a den is as likely as anywhere.
    found = states_of(streams([], span=5_000.0), EVEN._replace(leads_a_day=1e-9), days=14.0)
    assert found.expected[0] == pytest.approx(14.0 * EVEN.false_a_firm_day * FIRMS, rel=1e-6)


@given(
    ages=st.lists(st.floats(0.0, 199.0), max_size=12),
    visits=st.lists(st.floats(0.01, 199.0), max_size=3),
    leads_a_day=st.floats(1e-4, 5.0),
    days=st.floats(1.0, 1_000.0),
    shape=st.floats(0.1, 20.0),
    tower=st.floats(1e-4, 0.5),
)
def test_a_lead_of_today_never_makes_a_den_less_likely(ages, visits, leads_a_day, days, shape, tower):
    source = Source(leads_a_day, 1.0 / days, 0.01, 0.001, shape, tower, 0.3)
    before, after = (states_of(streams([*ages, *more], visits), source) for more in ((), (0.0,)))
    assert 0.0 <= before.p_den[0] <= after.p_den[0] <= 1.0
    assert after.p_den[0] == pytest.approx(before.with_lead[0], rel=1e-6, abs=1e-12)


def test_an_event_that_is_drawn_twice_counts_twice_and_one_that_is_not_drawn_not_at_all():
    both = streams([30.0, 10.0])
    row = int(both.event[0])
    times = np.ones(2, np.int64)
    times[row] = 2
    assert states_of(both, EVEN, times=times).p_den[0] == pytest.approx(
        states_of(streams([30.0, 30.0, 10.0]), EVEN).p_den[0], rel=1e-9
    )
    times[row] = 0
    assert states_of(both, EVEN, times=times).p_den[0] == pytest.approx(states_of(streams([10.0]), EVEN).p_den[0])


def test_buildings_without_entries_are_as_likely_together_as_one_by_one():
    rng = np.random.default_rng(1)
    firms = np.append(rng.integers(5, 200, 400).astype(float), 0.0)
    visits = (np.array([7]), np.array([5.0]))
    many = make_streams(np.arange(0, 60, 2), np.linspace(1, 190, 30), np.full(30, 0.2), visits, firms, 0.8, 200.0)
    source = EVEN._replace(shape=1.5, tower_share=0.01)
    whole, few = (states_of(some, source).log_likelihood for some in (many, many.condensed()))
    assert few == pytest.approx(whole, rel=1e-4)
    assert len(many.condensed().population) < 100


def test_as_of_an_earlier_day_later_entries_are_not_known():
    later = streams([100.0, 60.0, 10.0], [5.0])
    found = states_of(later.at(50.0), EVEN)
    alone = states_of(replace(streams([50.0, 10.0], span=150.0)), EVEN)
    assert found.p_den[0] == pytest.approx(alone.p_den[0], rel=1e-12)
    assert found.log_likelihood == pytest.approx(alone.log_likelihood, rel=1e-12)
