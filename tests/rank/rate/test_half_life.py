"""Half-lives chosen out of time: long where dens last, short where they move, and left alone where little is known."""

from __future__ import annotations

import math

import numpy as np
import pytest

from sweep.rank.rate.half_life import EVENTS_MIN, choose_half_lives, likeliest, log_score
from sweep.scenario.rank_settings import Rank
from tests.constants import varied


def events_of_dens(seed, lasts_days, n_buildings=200, n_dens=300, a_day=0.25):
    """Places and ages of leads over a year: each den leads to one every four days while it lasts."""
    rng = np.random.default_rng(seed)
    lasts = np.full(n_dens, lasts_days)
    opened = rng.uniform(-lasts_days, 365.0, n_dens)
    n = rng.poisson(a_day * lasts)
    row = np.repeat(rng.integers(0, n_buildings, n_dens), n)
    age = 365.0 - (np.repeat(opened, n) + rng.random(len(row)) * np.repeat(lasts, n))
    inside = (age >= 0) & (age <= 365)
    return row[inside], age[inside]


@pytest.mark.parametrize(
    ("lasts_days", "low", "high"),
    [pytest.param(8.0, 2.0, 7.0, id="gone in a week"), pytest.param(9_000.0, 60.0, 1_460.0, id="there to stay")],
)
def test_the_half_life_follows_how_long_dens_last(lasts_days, low, high):
    n_dens = 300 if lasts_days < 100 else 20
    rows, ages = events_of_dens(1, lasts_days, n_dens=n_dens)
    assert low <= likeliest(rows, ages, np.full(200, 20.0), 30.0, 365.0) <= high


def test_leads_that_fall_anywhere_make_no_half_life_short():
    rng = np.random.default_rng(2)
    assert likeliest(rng.integers(0, 200, 400), rng.uniform(0, 365, 400), np.full(200, 20.0), 30.0, 365.0) >= 30.0


def test_the_score_on_paper():
    # One tower, one event 15 days ago, none since, known for 28 - 14 = 14 days at the first origin, none before that.
    # Half-life 1: D = 2^-1, E = n (1 - 2^-14) / ln 2, prior of shape 50 at the raw rate: mean D / E.
    # Posterior Gamma(50 + D/w, (50 / m) + E/w), w = 1/2: P(0 in 14 days) = (b / (b + 14 n))^shape.
    n, weight = 20.0, 0.5
    exposure = n / math.log(2) * (1 - 2.0**-14)
    shape, rate = 50 + 1.0, 50 * exposure / weight + exposure / weight
    expected = shape * math.log(rate / (rate + 14 * n))
    found = log_score(np.array([0]), np.array([15.0]), np.array([n]), 1.0, 28.0)
    assert found == pytest.approx(expected, rel=1e-9)


def test_a_half_life_that_forgets_all_events_is_never_the_likeliest():
    # 2 ^ -(2,800 / 2) is below the least float: to two days the events of eight years ago weigh nothing.
    rows, ages = np.arange(68) % 20, np.concatenate([np.linspace(2_800, 3_400, 60), np.linspace(0.5, 13.5, 8)])
    firms = np.full(20, 10.0)
    assert log_score(rows, ages, firms, 2.0, 3_650.0) == -math.inf
    assert likeliest(rows, ages, firms, 30.0, 3_650.0) == 1_460.0


def test_a_fortnight_before_which_nothing_was_known_of_places_at_risk_is_passed_over():
    # All that is old lies at the place without firms.
    rows, ages = np.array([0, 1]), np.array([30.0, 5.0])
    assert log_score(rows, ages, np.array([0.0, 10.0]), 30.0, 365.0) == 0.0


@pytest.mark.parametrize(("n", "is_kept"), [(EVENTS_MIN - 1, True), (3 * EVENTS_MIN, False)])
def test_too_few_events_keep_the_half_life_that_is_given(n, is_kept, make_leads, make_history, now, make_ranking):
    rows, ages = events_of_dens(3, 9_000.0, n_buildings=30, n_dens=6)
    leads = make_leads([{"building_id": f"B{r + 1}", "age": a} for r, a in zip(rows[:n], ages[:n], strict=True)])
    buildings = make_ranking([20] * 30).table[["building_id", "n_firms"]]
    chosen = choose_half_lives(leads, buildings, now, Rank(half_life_days={"tip": 2.0}))
    assert (chosen["tip"] == 2.0) == is_kept
    assert chosen["goip"] == Rank().half_life_days["goip"]


def test_repeats_discovered_and_future_leads_choose_nothing(make_leads, now, make_ranking):
    odd = [{"event_id": "E"}, {"lead_source": "discovered"}, {"age": -1.0}, {"building_id": None}]
    leads = make_leads([{"age": 1.0 + k % 300} | o for o in odd for k in range(60)])
    buildings = make_ranking([20]).table[["building_id", "n_firms"]]
    assert choose_half_lives(leads.assign(), buildings, now, Rank()) == dict(Rank().half_life_days)


def test_a_ranking_shows_the_half_lives_that_it_chose(make_ranking):
    rows, ages = events_of_dens(3, 9_000.0, n_buildings=30, n_dens=6)
    leads = [{"building_id": f"B{r + 1}", "age": a} for r, a in zip(rows, ages, strict=True)]
    settings = Rank(half_life_days={"tip": 2.0})
    fitted = make_ranking([20] * 30, leads, settings=varied(settings, fit_half_life=True))
    assert make_ranking([20] * 30, leads, settings=settings).half_life_days["tip"] == 2.0
    assert fitted.half_life_days["tip"] >= 15.0


def test_the_half_lives_of_a_day_to_come_are_those_that_the_known_days_show(make_ranking):
    # What comes until then is not known yet, which is no silence.
    rows, ages = events_of_dens(3, 9_000.0, n_buildings=30, n_dens=6)
    leads = [{"building_id": f"B{r + 1}", "age": a} for r, a in zip(rows, ages, strict=True)]
    settings = varied(Rank(half_life_days={"tip": 2.0}), fit_half_life=True)
    today, later = (make_ranking([20] * 30, leads, settings=settings, days_ahead=days) for days in (0.0, 180.0))
    assert later.half_life_days == today.half_life_days
    assert today.half_life_days["tip"] >= 15.0
