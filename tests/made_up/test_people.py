from __future__ import annotations

from dataclasses import replace

import pandas as pd
import pytest

from geodata.schema import BASES, ROSTER
from sweep.made_up.generate_city import SyntheticCity, generate_city
from sweep.made_up.settings.city import SyntheticCitySettings

AFTERNOON_S = (13 * 3_600 + 1_800, 17 * 3_600 + 1_800)


def test_the_tables_are_clean(city: SyntheticCity) -> None:
    ROSTER.validate(city.roster.assign(duty=None))  # a table without marks of duty has no such column
    BASES.validate(city.bases)


def test_the_groups_have_their_numbers(city: SyntheticCity) -> None:
    sizes = city.roster.groupby(["agency", "role"]).size().to_dict()
    assert sizes == {
        ("police", "officer"): 72,
        ("market_regulation", "inspector"): 28,
        ("police", "auxiliary"): 12,
        ("street", "grid_member"): 12,
    }


def test_market_regulation_officers_come_in_pairs_to_every_district(city: SyntheticCity) -> None:
    inspectors = city.roster[city.roster["role"] == "inspector"]
    by_district = inspectors.groupby("division_code").size().to_dict()
    assert by_district == {"370102": 8, "370103": 8, "370104": 6, "370105": 6}


def test_only_inspecting_roles_hold_certificates_and_few_have_expired(
    city: SyntheticCity, settings: SyntheticCitySettings
) -> None:
    is_inspecting = city.roster["role"].isin(["officer", "inspector"])
    assert city.roster["certificate_until"].notna().equals(is_inspecting)
    day = pd.Timestamp(settings.day, tz="Asia/Shanghai")
    assert (city.roster["certificate_until"] < day).sum() == 3  # 3 % of 72 and of 28: 2 + 1


@pytest.mark.parametrize("role", ["officer", "inspector"])
def test_a_quarter_to_a_third_are_women(city: SyntheticCity, role: str) -> None:
    assert 0.25 <= city.roster.loc[city.roster["role"] == role, "is_female"].mean() <= 0.30


def test_nearly_all_shifts_cover_the_afternoon_and_a_few_do_not(city: SyntheticCity) -> None:
    fits = (city.roster["shift_start_s"] <= AFTERNOON_S[0]) & (city.roster["shift_end_s"] >= AFTERNOON_S[1])
    assert 0.85 < fits.mean() < 1.0


def test_bases_are_in_the_home_district(city: SyntheticCity) -> None:
    assert len(city.bases) == 8
    district = city.bases.set_index("base_id")["division_code"]
    assert (city.roster["base_id"].map(district) == city.roster["division_code"]).all()


def test_recusals_name_things_that_exist(city: SyntheticCity) -> None:
    lists = [recusals.split(";") for recusals in city.roster["recusals"].dropna()]
    known = {*city.firms["uscc"], *city.buildings["building_id"], *city.buildings["property_company_id"]}
    assert 10 <= len(lists) <= 20  # 12 % of 124 is 15
    assert {len(ids) for ids in lists} <= {1, 2, 3}
    assert {one for ids in lists for one in ids} <= known


def test_an_odd_number_of_officers_is_all_posted(settings: SyntheticCitySettings) -> None:
    city = generate_city(replace(settings, n_buildings=8, n_leads=0, n_dens=0, n_market_regulation=7, n_auxiliary=3))
    assert city.roster.groupby("role").size().to_dict() == {
        "officer": 72,
        "inspector": 7,
        "auxiliary": 2,
        "grid_member": 1,
    }


@pytest.mark.parametrize("absent", ["n_police", "n_market_regulation", "n_auxiliary"])
def test_an_agency_with_nobody_leaves_the_shifts_whole_seconds(settings: SyntheticCitySettings, absent: str) -> None:
    roster = generate_city(replace(settings, n_buildings=8, n_leads=0, n_dens=0, **{absent: 0})).roster
    assert str(roster["shift_start_s"].dtype) == str(roster["shift_end_s"].dtype) == "int64"
