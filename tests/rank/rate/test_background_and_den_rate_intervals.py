"""Intervals of rates: how often they hold, and what must not move them."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from sweep.rank.rate.background_and_den_rate_intervals import Gammas, mixed_quantile
from sweep.rank.rate.events_and_exposure import unanswered_stream_share
from sweep.scenario.rank_settings import Rank


def gammas(shape: float, scale: float) -> Gammas:
    return Gammas(np.array([shape]), np.array([scale]))


@pytest.mark.parametrize("p", [0.0, 0.004, 0.01, 0.2, 0.7, 1.0])
@pytest.mark.parametrize("share", [0.095, 0.5, 0.995])
def test_quantile_of_a_mixture_is_that_of_draws_from_it(p, share):
    rng = np.random.default_rng(5)
    n = 400_000
    draws = np.where(rng.random(n) < p, rng.gamma(1.5, 4.0, n), rng.gamma(20.0, 0.05, n))
    found = mixed_quantile(share, np.array([p]), gammas(20.0, 0.05), gammas(1.5, 4.0))[0]
    # Four standard errors of the share.
    assert np.mean(draws <= found) == pytest.approx(share, abs=max(0.003, 4 * (share * (1 - share) / n) ** 0.5))


def test_sum_of_two_gammas_has_their_mean_and_variance():
    # 2 x 3 + 4 x 0.5 = 8 and 2 x 9 + 4 x 0.25 = 19: shape 64/19, scale 19/8.
    both = gammas(2.0, 3.0).plus(gammas(4.0, 0.5))
    assert (both.shape[0], both.scale[0]) == pytest.approx((64 / 19, 19 / 8))


@pytest.fixture(scope="module")
def calm_city(make_ranking):
    """Buildings of 20 firms with a tip each at any age of the year, two with five fresh leads besides."""
    n = 120
    rng = np.random.default_rng(6)
    tips = [{"building_id": f"B{b + 1}", "age": rng.uniform(0, 365)} for b in range(n) for _ in range(rng.poisson(1.0))]
    burst = [{"building_id": b, "lead_type": "fake_loan", "age": 3.0 + k} for b in ("B1", "B2") for k in range(5)]
    return lambda history=(): make_ranking([20] * n, tips + burst, history).table.set_index("building_id")


def test_a_building_with_fresh_leads_has_a_far_higher_end_and_no_higher_start(calm_city):
    table = calm_city()
    others = table.drop(index=["B1", "B2"])
    assert table.loc["B1", "rate_high"] > 3.0 * others["rate_high"].median()
    assert table.loc["B1", "rate_low"] < 3.0 * others["rate_low"].median()
    assert table.loc["B1", "p_twice_district"] > 0.8


def test_a_rate_lies_in_its_interval(calm_city):
    table = calm_city()
    assert (table["rate_low"] <= table["rate"]).all()
    assert (table["rate"] <= table["rate_high"]).all()
    assert table["p_twice_district"].between(0.0, 1.0).all()


def test_a_visit_lowers_the_start_of_an_interval(calm_city):
    before, after = calm_city(), calm_city([{"building_id": "B50", "age": 0.5}])
    # Of an even stream of leads a visit half a day ago leaves one fifth, but for what came since.
    assert after.loc["B50", "rate_low"] < 0.4 * before.loc["B50", "rate_low"]
    assert after.loc["B51", "rate_low"] == pytest.approx(before.loc["B51", "rate_low"], rel=0.1)


def test_no_leads_no_interval(make_ranking):
    table = make_ranking([10, 0]).table
    assert table[["rate_low", "rate_high", "p_twice_district"]].to_numpy().tolist() == [[0.0] * 3] * 2


def test_leads_that_are_certain_leave_a_calm_rate(make_ranking):
    table = make_ranking([10, 10], [{"age": 1.0}], settings=Rank(hit_share={"tip": 1.0})).table
    assert np.isfinite(table[["rate_low", "rate_high"]].to_numpy()).all()


def test_intervals_hold_the_rates_of_a_city_of_calm_buildings_and_dens(make_ranking):
    # 1,500 buildings of 5 to 80 firms with 0.03 false fake_loan leads a firm and year; 60 dens open for 100 days, each
    # with one lead in 25 days. What the leads of each would weigh on average if they came again, over its firm-days.
    rng = np.random.default_rng(7)
    n, share, half_life = 1_500, 0.20, 30.0
    firms = rng.integers(5, 80, n)
    dens = rng.choice(n, 60, replace=False, p=firms / firms.sum())
    false = [(b, rng.uniform(0, 365)) for b in range(n) for _ in range(rng.poisson(0.03 * firms[b]))]
    true = [(b, rng.uniform(0, 100)) for b in dens for _ in range(rng.poisson(4.0))]
    leads = [{"building_id": f"B{b + 1}", "lead_type": "fake_loan", "age": age} for b, age in false + true]
    table = make_ranking(firms.tolist(), leads).table
    row = table["building_id"].str[1:].astype(int).to_numpy() - 1
    days = share * half_life / np.log(2.0)
    expected = 0.03 * firms / 365.0 * days * (1.0 - 2.0 ** (-365.0 / half_life))
    expected[dens] += 0.04 * days * (1.0 - 2.0 ** (-100.0 / half_life))
    rate = expected[row] / table["exposure_firm_days"].to_numpy() * 30_000.0
    held = ((table["rate_low"] <= rate) & (rate <= table["rate_high"])).to_numpy()
    has_den = np.isin(row, dens)
    assert held.mean() >= 0.85
    assert held[table["n_leads"] >= 3].mean() >= 0.85
    assert held[has_den].mean() >= 0.70


def test_what_visits_leave_of_an_even_stream_on_paper(make_history, now):
    # Tips: half-life 30, horizon 365, d = 0.8. Share of the worth older than 30 days: (1/2 - e) / (1 - e) with
    # e = 2^-(365/30) = 0.000217: 0.49989; older than 60: 0.24984. B1: 1 - 0.8 x 0.49989. B2: its last visit was 30 days
    # ago, the one before 60: 1 - 0.8 x 0.49989 - 0.16 x 0.24984. B3: none.
    history = make_history(
        [{"age": 30.0}, {"building_id": "B2", "age": 60.0}, {"building_id": "B2", "age": 30.0}, {"track": "routine"}]
    )
    ids, kinds = pd.Series(["B1", "B2", "B3"]), pd.Series(["tip", "tip"])
    left = unanswered_stream_share(ids, kinds, history, {"tip": 0.1}, now=now, settings=Rank())
    assert left == pytest.approx([0.60009, 0.56011, 1.0], abs=2e-5)
