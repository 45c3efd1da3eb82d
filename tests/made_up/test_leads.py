from __future__ import annotations

from dataclasses import replace
from datetime import date

import pandas as pd
import pytest

from geodata.schema import LEADS
from sweep.made_up.generate_city import SyntheticCity, generate_city
from sweep.made_up.settings.city import SyntheticCitySettings


def test_the_table_is_clean(city: SyntheticCity) -> None:
    LEADS.validate(city.leads)


def test_there_are_exactly_as_many_as_asked_for(city: SyntheticCity) -> None:
    assert len(city.leads) == 600


def test_all_came_in_within_the_year_before_the_day(city: SyntheticCity, settings: SyntheticCitySettings) -> None:
    day = pd.Timestamp(settings.day, tz="Asia/Shanghai")
    assert (city.leads["received_at"] < day).all()
    assert (city.leads["received_at"] >= day - pd.Timedelta(days=365)).all()
    assert city.leads["received_at"].is_monotonic_increasing


def test_an_event_has_about_one_and_a_half_leads(city: SyntheticCity) -> None:
    per_event = city.leads.groupby("event_id").size()
    assert 1.25 < per_event.mean() < 1.65
    assert city.leads.groupby("event_id")["lead_type"].nunique().max() == 1


def test_a_dens_leads_came_after_it_opened_and_at_most_three_days_after_it_closed(city: SyntheticCity) -> None:
    known = city.truth_leads.merge(city.leads, on="lead_id").merge(city.truth, on="den_id")
    received = known["received_at"].dt.tz_localize(None)
    assert (received >= known["opened_on"]).all()
    assert (received < known["closed_on"] + pd.Timedelta(days=4))[known["closed_on"].notna()].all()


@pytest.mark.slow
def test_hit_shares_are_near_those_of_the_sources(settings: SyntheticCitySettings) -> None:
    city = generate_city(replace(settings, n_leads=6_000))
    is_hit = city.leads["lead_id"].isin(city.truth_leads["lead_id"])
    share = is_hit.groupby(city.leads["lead_type"]).mean()
    # 600 GoIP leads in 400 events: standard error 0.024; 1,500 tips in 1,000 events: 0.009.
    assert share["goip"] == pytest.approx(0.35, abs=0.08)
    assert share["tip"] == pytest.approx(0.10, abs=0.04)


def test_goip_is_due_in_24_hours_and_a_tip_in_seven_working_days(city: SyntheticCity) -> None:
    goip = city.leads[city.leads["lead_type"] == "goip"]
    assert ((goip["due_at"] - goip["received_at"]) == pd.Timedelta(hours=24)).all()
    tips = city.leads[city.leads["lead_type"] == "tip"]
    # From Monday to Wednesday 9 days, with one weekend; on Thursday and Friday 11, with two; a tip of the weekend
    # counts from Friday, so 10 and 9.
    assert set((tips["due_at"] - tips["received_at"]).dt.days) <= {9, 10, 11}
    assert tips["due_at"].dt.day_of_week.max() < 5


def test_a_quarter_names_a_room_and_a_part_has_no_place(city: SyntheticCity) -> None:
    leads = city.leads
    is_room = leads["uscc"].notna() | leads["address"].str.endswith("室", na=False)
    has_nothing = leads[["address", "building_id", "uscc", "lon"]].isna().all(axis=1)
    assert 0.19 < is_room.mean() < 0.31
    assert 0.04 < has_nothing.mean() < 0.12


def test_most_are_reported_and_discovered_ones_lie_at_visited_buildings(city: SyntheticCity) -> None:
    found = city.leads[city.leads["lead_source"] == "discovered"]
    assert len(found) == 36  # 6 % of 600
    assert set(found["building_id"].dropna()) <= set(city.history["building_id"])


def test_a_few_towers_without_a_den_draw_many_tips(city: SyntheticCity) -> None:
    tips = city.leads[(city.leads["lead_type"] == "tip") & city.leads["building_id"].notna()]
    clean = tips[~tips["building_id"].isin(city.truth["building_id"])]
    assert clean.groupby("building_id").size().max() >= 3


def test_no_lead_at_all_is_a_city_too(settings: SyntheticCitySettings) -> None:
    city = generate_city(replace(settings, n_leads=0, n_buildings=20))
    assert len(city.leads) == 0
    LEADS.validate(city.leads)


def test_a_day_in_the_first_week_of_january_works() -> None:
    city = generate_city(SyntheticCitySettings(seed=3, day=date(2027, 1, 1), n_buildings=12, n_leads=40, n_dens=4))
    assert len(city.leads) == 40
