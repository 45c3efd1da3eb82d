"""The years after the day: as many dens and leads as the rates say, of one city and many futures."""

from __future__ import annotations

from datetime import date

import pandas as pd
import pytest

from sweep.made_up.events.future_leads import Future, make_future
from sweep.made_up.generate_city import SyntheticCity, generate_city
from sweep.made_up.places.buildings import make_buildings
from sweep.made_up.places.streets import make_streets
from sweep.made_up.settings.city import SyntheticCitySettings

SETTINGS = SyntheticCitySettings(seed=3, day=date(2026, 9, 16), n_buildings=40, n_dens=20, n_leads=200, n_police=8)
N_DAYS = 1_500


@pytest.fixture(scope="module")
def city() -> SyntheticCity:
    return generate_city(SETTINGS)


def future(city: SyntheticCity, seed: int) -> Future:
    places = make_buildings(SETTINGS, make_streets(SETTINGS))[0]
    return make_future(SETTINGS, places, city.firms, city.truth, N_DAYS, seed)


def test_the_same_seed_gives_the_same_future_and_another_another(city: SyntheticCity) -> None:
    one, same, other = future(city, 1), future(city, 1), future(city, 2)
    pd.testing.assert_frame_equal(one.dens, same.dens)
    pd.testing.assert_frame_equal(one.leads, same.leads)
    assert not one.leads["building_id"].equals(other.leads["building_id"])


def test_dens_and_leads_come_at_the_rates_of_the_year_before(city: SyntheticCity) -> None:
    made = [future(city, seed) for seed in range(1, 6)]
    # Twenty dens touch a year; a mean life is some 80 days, so about 20 x 1,500 / 444 = 68 open in 1,500 days.
    n_dens = sum(len(f.dens) for f in made) / 5
    assert 50 < n_dens < 95
    # 94 % of 200 leads a year are reported, 78.5 % of these can be placed: 148 a year, 607 in 1,500 days.
    assert 560 < sum(len(f.leads) for f in made) / 5 < 655


def test_what_was_open_goes_on_and_leads_come_while_a_den_is_there(city: SyntheticCity) -> None:
    made = future(city, 1)
    n_open = int(city.truth["closed_on"].isna().sum())
    start = pd.Timestamp(SETTINGS.day)
    assert (made.dens["opened_on"] < start).sum() == n_open
    assert (made.dens["closes_on"] > start).all()
    hits = made.leads[made.leads["den_id"].notna()].merge(made.dens, on="den_id", suffixes=("", "_den"))
    on = hits["received_at"].dt.tz_localize(None).dt.normalize()
    assert len(hits) > 20
    assert ((on >= hits["opened_on"]) & (on < hits["closes_on"])).all()
    assert hits["building_id"].equals(hits["building_id_den"])
    assert made.leads["received_at"].is_monotonic_increasing
    assert (made.leads["due_at"] > made.leads["received_at"]).all()


def test_leads_of_each_type_prove_true_as_often_as_the_settings_say(city: SyntheticCity) -> None:
    leads = pd.concat([future(city, seed).leads for seed in range(1, 6)])
    assert set(leads["lead_type"]) == set(dict(SETTINGS.leads.hit_shares))
    for kind, share in SETTINGS.leads.hit_shares:
        is_hit = leads.loc[leads["lead_type"] == kind, "den_id"].notna()
        # Nine types, each within four standard errors.
        assert abs(is_hit.mean() - share) < 4.0 * (share * (1.0 - share) / len(is_hit)) ** 0.5, kind
