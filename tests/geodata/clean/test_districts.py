"""CLEAN: outlines of districts, and which one a building lies in."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import geopandas as gpd
import pandas as pd
import pytest
import shapely

from geodata.clean.buildings import clean_buildings
from geodata.clean.districts import clean_districts, district_of
from geodata.datum.convert import to_wgs84
from geodata.datum.datum_names import GCJ02, WGS84
from geodata.message_catalogue import LANGUAGES, load_texts
from geodata.raw_table import RawTable
from geodata.read.read_table import read_table
from geodata.schema import DISTRICTS
from tests.paths import GEO, needs_data

ADMIN = GEO / "cn-admin"
with_admin = needs_data(ADMIN)

# Two districts side by side, 0.1 degrees each, and the city that holds both.
WEST, EAST = shapely.box(117.0, 36.6, 117.1, 36.7), shapely.box(117.1, 36.6, 117.2, 36.7)
CITY = shapely.box(116.9, 36.5, 117.3, 36.8)


def districts() -> gpd.GeoDataFrame:
    codes = {"division_code": ["370102", "370100", "370103"], "division_name": ["历下区", "济南市", "市中区"]}
    return gpd.GeoDataFrame(codes, geometry=[WEST, CITY, EAST], crs=4326)


def building(lon: float, code: str | None) -> RawTable:
    columns = {"building_id": ["B1"], "division_code": [code]}
    shape = shapely.box(lon, 36.65, lon + 0.0004, 36.6504)
    frame = gpd.GeoDataFrame(columns, geometry=[shape], crs=4326, index=[1]).astype({"division_code": "str"})
    return RawTable("buildings", Path("buildings.gpkg"), "0", frame, None)


def test_a_building_without_a_code_gets_that_of_the_smallest_polygon_it_lies_in() -> None:
    cleaned = clean_buildings(building(117.05, None), None, WGS84, districts())
    assert cleaned.table["division_code"].tolist() == ["370102"]
    assert cleaned.repairs["division_by_polygon"] == 1
    assert cleaned.issues == cleaned.warnings == ()


def test_a_building_outside_of_all_districts_needs_a_code() -> None:
    cleaned = clean_buildings(building(118.0, None), None, WGS84, districts())
    assert [issue.code for issue in cleaned.issues] == ["G221"]


def test_a_code_that_its_place_denies_is_kept_with_a_warning() -> None:
    cleaned = clean_buildings(building(117.05, "370103"), None, WGS84, districts())
    assert cleaned.table["division_code"].tolist() == ["370103"]
    (warning,) = cleaned.warnings
    assert (warning.code, dict(warning.values)) == (
        "G305",
        {"building_id": "B1", "district": "370103", "within": "370102"},
    )
    for lang in LANGUAGES:
        assert warning.what(load_texts(lang, ("geodata",)))
        assert warning.fix(load_texts(lang, ("geodata",)))


def test_a_building_at_the_edge_may_have_the_neighbours_code() -> None:
    # It ends 36 m west of the line: 0.0004 degrees of longitude at 36.65 N.
    assert clean_buildings(building(117.0992, "370103"), None, WGS84, districts()).warnings == ()


def test_a_building_left_out_by_its_code_that_lies_where_is_planned_is_told() -> None:
    stray, own = building(117.05, "370103"), building(117.04, "370102").frame.assign(building_id="B2")
    raw = replace(stray, frame=pd.concat([stray.frame, own.set_axis([2])]))
    cleaned = clean_buildings(raw, None, WGS84, districts(), divisions=["370102"])
    assert cleaned.table["building_id"].tolist() == ["B2"]
    assert [(w.code, w.values["building_id"]) for w in cleaned.warnings] == [("G305", "B1")]


def test_a_zone_with_a_code_of_its_own_is_a_warning_and_stops_nothing() -> None:
    cleaned = clean_buildings(building(117.05, "370171"), None, WGS84, districts())
    assert [issue.code for issue in cleaned.warnings] == ["G305"]
    assert cleaned.issues == ()


def test_a_missing_shape_lies_nowhere() -> None:
    shapes = gpd.GeoSeries([None, shapely.box(117.05, 36.65, 117.06, 36.66)], crs=4326)
    assert district_of(shapes, districts()).isna().tolist() == [True, False]


@with_admin
def test_the_districts_of_jinan_are_read_in_gcj02_and_shifted() -> None:
    raw = read_table(ADMIN / "370100.json", "districts")
    cleaned = clean_districts(raw, None)
    table = DISTRICTS.validate(cleaned.table).set_index("division_code")
    assert (len(table), cleaned.issues) == (12, ())
    shifted = gpd.read_file(ADMIN / "370100.json").geometry[0].centroid
    lon, lat = to_wgs84(*(shapely.get_coordinates(shifted).T), GCJ02)
    # The shift is 6e-3 degrees, and differs by some 2e-4 over a district.
    assert table.geometry["370102"].centroid.x == pytest.approx(lon[0], abs=3e-4)
    assert table.geometry["370102"].centroid.y == pytest.approx(lat[0], abs=3e-4)
    # 泉城广场, WGS-84, lies in 历下区.
    assert district_of(gpd.GeoSeries([shapely.Point(117.0148, 36.6612)]), cleaned.table).tolist() == ["370102"]


@with_admin
def test_districts_that_cross_themselves_are_mended_and_counted() -> None:
    cleaned = clean_districts(read_table(ADMIN / "370000.json", "districts"), None)
    assert len(cleaned.table) == 16
    assert cleaned.table.is_valid.all()
    assert cleaned.repairs["district_made_valid"] == 2
