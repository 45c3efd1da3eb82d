"""Rows whose place contradicts what they say, on a plane of eleven buildings; and a few tables of made-up cities."""

from __future__ import annotations

from collections import Counter

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely

from geodata.clean.coordinates import far_from_rest
from geodata.match.duplicate_buildings import check_one_place
from geodata.match.gazetteer import Gazetteer
from geodata.match.location_contradictions import MatchedFile, check_places
from geodata.match.match_rows import match_firms
from geodata.message_catalogue import LANGUAGES, load_texts
from geodata.schema import BUILDINGS, FIRMS
from tests.benchmarks.places import misplaced
from tests.benchmarks.places.layouts import XUHUI
from tests.benchmarks.places.wrong_places import measure

LON, LAT = 117.0, 36.6
STEP = 0.001  # 89 m of longitude
N = 11
ROWS = pd.Series(range(2, 100))
NONE = gpd.GeoDataFrame({"street_name": pd.Series(dtype="str")}, geometry=[], crs=4326)


def buildings(**columns: list[object]) -> gpd.GeoDataFrame:
    """Eleven houses 89 m apart along Long Street, each 20 m wide; columns may differ."""
    lon = [LON + STEP * i for i in range(N)]
    told = {
        "building_id": [f"B{i}" for i in range(N)],
        "address": [f"长街{10 * i + 1}号" for i in range(N)],
        "division_code": ["370102"] * N,
        "lon": lon,
        "lat": [LAT] * N,
        **columns,
    }
    frame = pd.DataFrame({**{c: [None] * N for c in BUILDINGS.columns}, **told})
    frame = frame.assign(n_floors=5, floor_area_m2=5_000.0, n_exits=2)
    shapes = shapely.box(frame["lon"] - 1e-4, frame["lat"] - 1e-4, frame["lon"] + 1e-4, frame["lat"] + 1e-4)
    texts = dict.fromkeys(("building_name", "address", "division_code", "complex_id", "other_names"), "str")
    return gpd.GeoDataFrame(frame.astype(texts), geometry=shapes, crs=4326)


def named(firms: list[tuple[str, float, float]], houses: gpd.GeoDataFrame) -> tuple[MatchedFile, Gazetteer]:
    """Firms by building id and point."""
    ids, lon, lat = zip(*firms, strict=True) if firms else ((), (), ())
    columns = {"uscc": [f"F{i}" for i in range(len(ids))], "firm_name": ["x"] * len(ids), "building_id": list(ids)}
    frame = pd.DataFrame({**{c: [None] * len(ids) for c in FIRMS.columns}, **columns, "lon": lon, "lat": lat})
    frame = frame.astype(
        {c: "str" for c in FIRMS.columns if c not in ("lon", "lat", "n_staff")} | {"lon": float, "lat": float}
    )
    found = match_firms(frame, houses, 60.0)
    return MatchedFile("firms.csv", ROWS, frame, found.table), found.gazetteer


def told(
    houses: gpd.GeoDataFrame, firms: list[tuple[str, float, float]], streets: gpd.GeoDataFrame = NONE
) -> set[tuple[str, str]]:
    table, gazetteer = named(firms, houses)
    issues = check_places(houses, ("buildings.csv", ROWS), (table,), streets, gazetteer)
    for issue in issues:
        assert all(issue.what(load_texts(lang)) and issue.fix(load_texts(lang)) for lang in LANGUAGES)
    return {(issue.code, issue.where) for issue in issues}


def at(i: int, east: float = 0.0, north: float = 0.0) -> tuple[str, float, float]:
    return f"B{i}", LON + STEP * i + east, LAT + north


FIRMS_IN_PLACE = [at(i, north=1.5e-4) for i in range(N) for _ in range(2)]


def test_what_agrees_is_not_told() -> None:
    assert told(buildings(), FIRMS_IN_PLACE) == set()


def test_a_building_is_told_where_its_firms_agree_on_another_place() -> None:
    # B0 stands 445 m (0.004 degrees north) off; its two firms are where the others of their street are.
    assert told(buildings(lat=[LAT + 0.004, *[LAT] * (N - 1)]), FIRMS_IN_PLACE) == {("G314", "buildings.csv row 2")}


def test_of_two_firms_that_do_not_agree_the_one_that_is_off_is_told() -> None:
    assert told(buildings(), [*FIRMS_IN_PLACE, at(3, north=0.01)]) == {("G317", "firms.csv row 24")}


def test_a_coarse_geocoder_makes_no_wrong_place() -> None:
    chance = np.random.default_rng(1)  # 250 m of scatter for all
    firms = [at(i, *chance.normal(0, 0.0025, 2)) for i in range(N) for _ in range(20)]
    assert len(told(buildings(), firms)) <= 2  # of 220


def test_a_building_off_the_street_of_its_address_is_told() -> None:
    street = gpd.GeoDataFrame(
        {"street_name": ["长街"]}, geometry=[shapely.LineString([(116.9, LAT), (117.1, LAT)])], crs=4326
    )
    assert told(buildings(lat=[LAT + 0.004, *[LAT] * (N - 1)]), [], street) == {("G315", "buildings.csv row 2")}
    # Its firms confirm the place: it is the address that is wrong, or the street goes round a corner.
    firms = [("B0", LON, LAT + 0.004)] * 2
    assert told(buildings(lat=[LAT + 0.004, *[LAT] * (N - 1)]), firms, street) == set()


def moved(i: int, east: float, north: float) -> gpd.GeoDataFrame:
    lon, lat = [LON + STEP * k for k in range(N)], [LAT] * N
    lon[i], lat[i] = lon[i] + east, lat[i] + north
    return buildings(lon=lon, lat=lat)


@pytest.mark.parametrize("i", [0, 1, 5, 10], ids=["first", "second", "middle", "last"])
@pytest.mark.parametrize(("east", "north"), [(0.0, 0.005), (0.02, 0.0), (-0.03, -0.02)], ids=["datum", "along", "far"])
def test_a_building_off_the_other_numbers_of_its_street_is_reported_alone(i: int, east: float, north: float) -> None:
    # One number is 8.9 m here, and the move 555 m or more.
    assert told(moved(i, east, north), []) == {("G323", f"buildings.csv row {i + 2}")}


def test_two_numbers_of_a_street_far_apart_are_both_reported() -> None:
    doors = [f"长街{10 * i + 1}号" for i in range(N)]
    doors[3], doors[7] = "短街1号", "短街3号"
    far = moved(7, 0.0, 0.01).assign(address=pd.Series(doors, dtype="str"))
    assert told(far, []) == {("G323", "buildings.csv row 5"), ("G323", "buildings.csv row 9")}


def test_one_street_in_two_places_decides_nothing() -> None:
    # Six in the one place, five some 5 km off, numbers mixed.
    assert not {code for code, _ in told(buildings(lat=[LAT + 0.05 * (i % 2) for i in range(N)]), [])} & {"G323"}


def test_buildings_that_nothing_can_be_compared_with_are_counted() -> None:
    doors = [*[f"长街{10 * i + 1}号" for i in range(9)], "短街1号", None]
    table, gazetteer = named([], buildings(address=doors))
    issues = check_places(buildings(address=doors), ("buildings.csv", ROWS), (table,), NONE, gazetteer)
    assert [(i.code, i.where, i.values) for i in issues] == [("G324", "buildings.csv", {"n": 2, "n_rows": N})]


def test_a_building_among_those_of_another_district_is_told_unless_its_own_is_near() -> None:
    codes = ["370103", *["370102"] * (N - 2), "370103"]
    far = buildings(
        division_code=["370103"] * 3 + ["370102"] * 8,
        lon=[LON + 0.0051, LON - 0.05, LON - 0.051, *[LON + STEP * i for i in range(8)]],
    )
    assert told(far, []) == {("G316", "buildings.csv row 2")}
    assert told(buildings(division_code=codes), []) == set()


@pytest.mark.parametrize("n", [4, 5])
def test_a_point_in_another_city_is_far_from_the_rest(n: int) -> None:
    lon, lat = np.array([LON] * (n - 1) + [121.47]), np.array([LAT] * (n - 1) + [31.23])
    assert far_from_rest(lon, lat)[0].tolist() == [False] * (n - 1) + [n >= 5]


def test_a_wide_province_has_no_far_points() -> None:
    lon = np.linspace(115.0, 122.0, 50)
    assert not far_from_rest(lon, np.full(50, LAT))[0].any()


def test_two_buildings_at_one_point_and_two_names_at_one_door_are_told() -> None:
    names = ["泰山大厦", "华山大厦", "嵩山大厦", "恒山大厦A座", "恒山大厦B座", *["某某大厦"] * 6]
    lon = [LON, LON, *[LON + STEP * i for i in range(2, N)]]
    doors = ["长街1号", "长街2号", "长街2号", "长街3号", "长街3号", *[f"长街{i}号" for i in range(5, N)]]
    houses = buildings(building_name=names, lon=lon, address=doors)
    issues = check_one_place(houses, "b.csv", ROWS, Gazetteer(houses).places)
    assert [(i.code, i.where, i.values["rows"]) for i in issues] == [
        ("G310", "b.csv row 2", ("3",)),
        ("G311", "b.csv row 3", ("4",)),
    ]
    one = houses.assign(complex_id=pd.Series(["C1"] * N, dtype="str"))
    assert check_one_place(one, "b.csv", ROWS, Gazetteer(one).places) == []


@pytest.mark.slow
@pytest.mark.parametrize(
    ("seed", "table", "kind"), [(1, "buildings", "datum"), (2, "firms", "district"), (3, "leads", "city")]
)
def test_of_points_moved_in_a_made_up_city_all_are_told_and_no_others(seed: int, table: str, kind: str) -> None:
    n = measure(seed, table, kind)
    assert n["moved"] == n["told"] > 0
    assert n["falsely"] <= 0.01 * n["others"]


def test_circles_of_points_on_the_kerb_do_not_speak_against_their_datum() -> None:
    # Two tables of points that the test of outlines against streets took for BD-09, and so judged no row.
    n = measure(84, "buildings", "district", witnesses=0.0)
    assert n["told"] == n["moved"] == 9


@pytest.mark.slow
@pytest.mark.skipif(not XUHUI.exists(), reason="no shared district beside the project")
def test_buildings_moved_inside_a_real_district_are_reported_by_the_numbers_of_their_streets() -> None:
    # A fifth of the buildings has no other number in its street, and decides nothing.
    n = sum((misplaced.measure(seed, "xuhui", "bare", "metres") for seed in range(6)), Counter())
    assert n["reported"] >= 0.7 * n["moved"] > 0
    assert n["falsely"] <= 0.025 * n["others"]
