"""Memory fitted to past leads: used where it predicts later leads better than the rule, and not elsewhere."""

from __future__ import annotations

import numpy as np
import pytest

from sweep.rank.rate.poisson_rate_mixture import likeliest_shares
from sweep.rank.rate.predictor_mixture import PARAMS, DatedLeads, Places, fit_shares, lead_forecasts

N = 200
PLACES = Places(np.column_stack([np.arange(N) * 1_000.0, np.zeros(N)]), np.ones(N), 700.0)


def leads_of(rows, age_days) -> DatedLeads:
    k = len(rows)
    return DatedLeads(np.asarray(rows), np.full(k, 0.1), np.full(k, 30.0), np.asarray(age_days, np.float64))


def lasting(seed: int = 1, n: int = 600) -> DatedLeads:
    """Ten places of 200 have half of the leads of a year, the same ten all year."""
    rng = np.random.default_rng(seed)
    return leads_of(
        np.where(rng.random(n) < 0.5, rng.integers(0, 10, n), rng.integers(0, N, n)), rng.uniform(0, 365, n)
    )


@pytest.mark.parametrize(
    ("chances", "shares"),
    [
        # By symmetry one half each; a reading that is twice as likely for every event takes all.
        pytest.param([[0.5, 0.1], [0.1, 0.5]], [0.5, 0.5], id="symmetric"),
        pytest.param([[0.4, 0.2], [0.2, 0.1]], [1.0, 0.0], id="one dominates"),
        # L(s) = s^2 (1 - s) for disjoint readings seen twice and once: s = 2/3.
        pytest.param([[1.0, 1e-12], [1.0, 1e-12], [1e-12, 1.0]], [2 / 3, 1 / 3], id="disjoint"),
    ],
)
def test_the_likeliest_shares_on_paper(chances, shares):
    found = likeliest_shares(np.array(chances), np.ones(len(chances)))
    assert found == pytest.approx(shares, abs=1e-3)


def test_each_reading_shares_one_lead_out():
    columns = lead_forecasts(lasting(), PLACES, None)
    assert columns.shape == (N, 10)
    assert columns.sum(axis=0) == pytest.approx(1.0)
    assert (columns > 0).all()


def test_places_that_last_all_year_are_remembered_for_longer_than_the_half_life_set():
    shares = fit_shares(lasting(), PLACES)
    assert shares is not None
    assert shares.sum() == pytest.approx(1.0)
    # Half-lives of 90 days and more, against the rule of 30 days and shorter ones.
    assert shares[4:7].sum() > shares[:4].sum()


@pytest.mark.parametrize("seed", range(20))
def test_leads_that_fall_anywhere_fit_no_memory(seed):
    rng = np.random.default_rng(seed)
    assert fit_shares(leads_of(rng.integers(0, N, 600), rng.uniform(0, 365, 600)), PLACES) is None


def test_few_leads_fit_no_memory():
    assert fit_shares(lasting(n=PARAMS.events_min), PLACES) is None
    assert fit_shares(leads_of([], []), PLACES) is None


def test_a_ranking_of_a_day_to_come_has_the_memory_that_the_known_days_show(make_ranking):
    # Leads that are not known yet are no silence.
    leads = lasting(n=900)
    rows = [{"building_id": f"B{r + 1}", "age": a} for r, a in zip(leads.rows, leads.age_days, strict=True)]
    points = [tuple(point) for point in PLACES.points_m]
    today, later = (make_ranking([1] * N, rows, points=points, days_ahead=days) for days in (0.0, 30.0))
    assert today.is_memory_fitted
    assert later.is_memory_fitted
    first = {f"B{k + 1}" for k in range(10)}
    assert set(today.table["building_id"][:10]) == set(later.table["building_id"][:10]) == first


def test_the_fitted_memory_keeps_the_expected_dens_and_no_lead_lowers_a_building(make_ranking):
    leads = lasting(n=900)
    rows = [{"building_id": f"B{r + 1}", "age": a} for r, a in zip(leads.rows, leads.age_days, strict=True)]
    points = [tuple(point) for point in PLACES.points_m]
    table = make_ranking([1] * N, rows, points=points).table
    assert (table["rank_with_lead"] <= table["rank"]).all()
    assert (table["rank_if_cleared"] >= table["rank"]).all()
    more = make_ranking([1] * N, [*rows, {"building_id": "B50", "age": 0.5}], points=points).table
    before, after = (t.set_index("building_id").loc["B50", "p_find"] for t in (table, more))
    assert after > before
