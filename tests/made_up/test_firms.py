from __future__ import annotations

from stdnum.cn import uscc

from geodata.schema import FIRMS
from sweep.made_up.generate_city import SyntheticCity


def test_the_table_is_clean(city: SyntheticCity) -> None:
    FIRMS.validate(city.firms)


def test_about_ten_thousand_firms(city: SyntheticCity) -> None:
    # 290 x 32 x exp(0.7 ** 2 / 2) = 11,900.
    assert 9_000 < len(city.firms) < 14_500


def test_every_code_is_valid_and_of_its_kind(city: SyntheticCity) -> None:
    assert city.firms["uscc"].map(uscc.is_valid).all()
    assert set(city.firms["uscc"].str[:2]) == {"91", "92"}
    assert set(city.firms["uscc"].str[2:8]) == {"370102", "370103", "370104", "370105"}
    assert city.firms["uscc"].is_unique


def test_nine_in_ten_name_their_building_by_id(city: SyntheticCity) -> None:
    assert 0.88 < city.firms["building_id"].notna().mean() < 0.92


def test_the_rest_have_the_buildings_name_or_a_point(city: SyntheticCity) -> None:
    rest = city.firms[city.firms["building_id"].isna()]
    names = "|".join(city.buildings["building_name"])
    is_named = rest["reg_address"].str.contains(names, na=False)
    assert (is_named | rest["lon"].notna()).all()
    assert is_named.sum() > 300
    assert rest["lon"].notna().sum() > 300


def test_credit_classes_and_staff_are_near_their_parameters(city: SyntheticCity) -> None:
    shares = city.firms["credit_class"].value_counts(normalize=True)
    # 11,800 firms: standard error 0.005 at most.
    assert all(abs(shares[c] - s) < 0.02 for c, s in {"A": 0.30, "B": 0.50, "C": 0.15, "D": 0.05}.items())
    assert city.firms["n_staff"].median() == 6
    assert city.firms["n_staff"].between(1, 500).all()


def test_addresses_are_written_in_many_ways_with_full_width_digits_among_them(city: SyntheticCity) -> None:
    addresses = city.firms["reg_address"].dropna()
    assert addresses.str.contains("[\uff10-\uff19]{3}室").sum() > 100
    assert addresses.str.contains("集群注册").sum() > 100
    assert addresses.str.contains("F-").sum() > 100


def test_some_rooms_have_more_than_one_firm_but_most_have_one(city: SyntheticCity) -> None:
    per_room = city.firms.dropna(subset=["building_id", "unit"]).groupby(["building_id", "unit"]).size()
    assert 0.01 < (per_room > 1).mean() < 0.15
