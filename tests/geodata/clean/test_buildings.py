"""CLEAN: buildings, their files, and what is derived from the footprint."""

from __future__ import annotations

from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely

from geodata.clean.buildings import clean_buildings
from geodata.clean.table_cleaner import Cleaned
from geodata.datum.convert import geometry_from_wgs84
from geodata.datum.datum_names import BY_ZONE, CGCS2000, GCJ02, WGS84, parse_datum
from geodata.message_catalogue import LANGUAGES, load_texts
from geodata.raw_table import RawTable
from geodata.read.read_table import read_table
from geodata.schema import BUILDINGS

LON, LAT = 117.0, 36.6
# 0.0005 degrees of longitude x 0.0004 of latitude at 36.6 N on WGS-84: 44.73 m x 44.39 m.
SQUARE = shapely.box(LON, LAT, LON + 0.0005, LAT + 0.0004)
SQUARE_M2 = 1_985.0
BOW_TIE = shapely.Polygon([(LON, LAT), (LON + 0.001, LAT + 0.001), (LON + 0.001, LAT), (LON, LAT + 0.001)])


def buildings(*shapes: shapely.Geometry | None, crs: int | None = 4326, **columns: object) -> RawTable:
    n = len(shapes)
    cells = {"building_id": [f"B{i + 1}" for i in range(n)], "division_code": ["370102"] * n, **columns}
    frame = gpd.GeoDataFrame(cells, geometry=list(shapes), crs=crs, index=range(1, n + 1))
    return RawTable("buildings", Path("buildings.gpkg"), "0", frame, None)


def files(folder: Path, *rows: str) -> RawTable:
    path = folder / "building_files.csv"
    header = "building_id,division_code,complex_id,property_company_id,floor_area_m2,n_exits"
    path.write_text("\n".join((header, *rows)) + "\n", encoding="utf-8")
    return read_table(path, "building_files")


def issues_of(cleaned: Cleaned) -> list[tuple[str, str]]:
    for issue in cleaned.issues:
        for lang in LANGUAGES:
            assert issue.what(load_texts(lang, ("geodata",)))
            assert issue.fix(load_texts(lang, ("geodata",)))
    return [(issue.code, issue.where) for issue in cleaned.issues]


def test_a_footprint_alone_makes_a_building() -> None:
    cleaned = clean_buildings(buildings(SQUARE, n_floors=[10]), None, WGS84)
    row = BUILDINGS.validate(cleaned.table).iloc[0]
    assert row["floor_area_m2"] == pytest.approx(10 * SQUARE_M2, rel=0.002)
    assert (row["n_exits"], row["lon"], row["lat"]) == (2, pytest.approx(LON + 0.00025), pytest.approx(LAT + 0.0002))
    assert cleaned.repairs == {"floor_area_derived": 1, "exits_assumed": 1, "entrance_assumed": 1}


def test_other_names_are_kept_and_may_be_absent() -> None:
    named = clean_buildings(buildings(SQUARE, other_names=["泰山大厦；旧名"]), None, WGS84).table
    assert named["other_names"].tolist() == ["泰山大厦；旧名"]
    assert clean_buildings(buildings(SQUARE), None, WGS84).table["other_names"].isna().all()


def test_unknown_floors_are_one_and_counted() -> None:
    cleaned = clean_buildings(buildings(SQUARE), None, WGS84)
    assert cleaned.table.loc[0, "n_floors"] == 1
    assert cleaned.repairs["floors_assumed"] == 1


def test_what_is_stated_is_not_derived() -> None:
    raw = buildings(SQUARE, n_floors=["28层"], floor_area_m2=["30,000㎡"], n_exits=[4], lon=[LON], lat=[LAT])
    cleaned = clean_buildings(raw, None, WGS84)
    row = cleaned.table.loc[0, ["n_floors", "floor_area_m2", "n_exits", "lon", "lat"]]
    assert row.tolist() == [28, 30_000.0, 4, LON, LAT]
    assert cleaned.repairs == {"number_written": 2}


def test_a_frame_made_in_the_process_is_taken() -> None:
    raw = buildings(SQUARE, n_floors=[np.nan], lon=[np.nan], lat=[np.nan], office_reason=["tag"])
    raw.frame.index = pd.RangeIndex(1)
    cleaned = clean_buildings(raw, None, WGS84)
    assert BUILDINGS.validate(cleaned.table)["building_id"].tolist() == ["B1"]


def test_a_name_that_is_a_script_survives_as_text() -> None:
    name = "<img src=x onerror=alert(1)>"
    assert clean_buildings(buildings(SQUARE, building_name=[name]), None, WGS84).table["building_name"].tolist() == [
        name
    ]


def test_a_bow_tie_is_made_valid_and_counted() -> None:
    cleaned = clean_buildings(buildings(BOW_TIE), None, WGS84)
    shape = cleaned.table.geometry.iloc[0]
    assert shape.is_valid
    assert shape.geom_type == "MultiPolygon"
    assert cleaned.repairs["footprint_made_valid"] == 1
    assert cleaned.issues == ()


def test_a_collection_keeps_its_polygons() -> None:
    mixed = shapely.GeometryCollection([SQUARE, shapely.Point(LON, LAT)])
    assert clean_buildings(buildings(mixed), None, WGS84).table.geometry.iloc[0].equals(SQUARE)


def test_a_footprint_with_lat_before_lon_is_turned_and_counted() -> None:
    turned = shapely.transform(SQUARE, lambda xy: xy[:, ::-1])
    cleaned = clean_buildings(buildings(turned), None, WGS84)
    assert cleaned.table.geometry.iloc[0].equals(SQUARE)
    assert cleaned.repairs["swapped_lon_lat"] == 1


def test_footprints_come_back_in_wgs84() -> None:
    shifted = geometry_from_wgs84(gpd.GeoSeries([SQUARE], crs=4326), GCJ02)
    cleaned = clean_buildings(buildings(shifted.iloc[0]), None, GCJ02)
    assert cleaned.table.geometry.iloc[0].equals_exact(SQUARE, 1e-7)


def test_a_projection_that_the_file_states_is_used() -> None:
    metres = gpd.GeoSeries([SQUARE], crs=4326).to_crs(4548)
    cleaned = clean_buildings(buildings(metres.iloc[0], crs=4548), None, CGCS2000)
    assert cleaned.table.geometry.iloc[0].equals_exact(SQUARE, 1e-6)


@pytest.mark.parametrize(
    ("shape", "crs", "code"),
    [
        (None, 4326, "G217"),
        (shapely.Polygon(), 4326, "G217"),
        (shapely.LineString([(LON, LAT), (LON + 0.001, LAT)]), 4326, "G218"),
        (shapely.Polygon([(LON, LAT), (LON, LAT), (LON, LAT)]), 4326, "G219"),
        (shapely.box(500_000, 4_050_000, 500_050, 4_050_050), None, "G220"),
        (shapely.box(2.35, 48.86, 2.36, 48.87), 4326, "G215"),
        (shapely.box(LON, LAT, LON + 0.5, LAT + 0.5), 4326, "G223"),
    ],
    ids=["none", "empty", "line", "no area", "metres of no projection", "Paris", "a whole county"],
)
def test_a_bad_footprint_stops_the_run(shape: shapely.Geometry | None, crs: int | None, code: str) -> None:
    good = SQUARE if crs else shapely.box(LON, LAT, LON + 0.0005, LAT + 0.0004)
    cleaned = clean_buildings(buildings(good, shape, crs=crs), None, WGS84)
    assert issues_of(cleaned) == [(code, "buildings.gpkg row 2")]
    assert cleaned.table["building_id"].tolist() == ["B1"]
    assert cleaned.quarantine["row"].tolist() == [2]


# Round the square's corner: 1,200 m2 of one floor, but for a polygon of 24 sides (0.9886 of its circle).
POINT = shapely.Point(LON, LAT)


def area_m2(shape: shapely.Geometry) -> float:
    return float(gpd.GeoSeries([shape], crs=4326).to_crs(32650).area.iloc[0])


@pytest.mark.parametrize("point", [POINT, shapely.MultiPoint([POINT])], ids=["point", "multi-point of one"])
def test_a_point_is_a_circle_of_one_floor_and_that_is_told(point: shapely.Geometry) -> None:
    cleaned = clean_buildings(buildings(SQUARE, point, floor_area_m2=[None, 30_000], n_floors=[None, 15]), None, WGS84)
    row = cleaned.table.iloc[1]
    assert area_m2(row.geometry) == pytest.approx(0.9886 * 2_000, rel=0.003)  # 30,000 / 15
    assert (row["lon"], row["lat"], row["floor_area_m2"]) == (LON, LAT, 30_000)
    assert cleaned.repairs["outline_assumed"] == 1
    assert [(i.code, i.where, i.values["n"], i.values["n_rows"]) for i in cleaned.warnings] == [
        ("G308", "buildings.gpkg", 1, 2)
    ]


def test_a_point_of_unknown_size_is_a_middling_floor() -> None:
    row = clean_buildings(buildings(POINT, n_floors=[10]), None, WGS84).table.iloc[0]
    assert area_m2(row.geometry) == pytest.approx(0.9886 * 1_200, rel=0.003)
    assert row["floor_area_m2"] == pytest.approx(10 * 0.9886 * 1_200, rel=0.003)


@pytest.mark.parametrize(
    "rows",
    [
        "building_id,division_code,lon,lat\nB1,370102,117.0,36.6\n",
        "楼栋编号,行政区划代码,经度,纬度\nB1,370102,117.0,36.6\n",
        "building_id,division_code,wkt\nB1,370102,POINT (117.0 36.6)\n",
    ],
    ids=["English", "Chinese", "WKT"],
)
def test_a_table_of_points_is_a_table_of_buildings(tmp_path: Path, rows: str) -> None:
    path = tmp_path / "buildings.csv"
    path.write_text(rows, encoding="utf-8")
    cleaned = clean_buildings(read_table(path, "buildings"), None, WGS84)
    assert issues_of(cleaned) == []
    assert cleaned.table[["lon", "lat"]].to_numpy().tolist() == [[117.0, 36.6]]


def test_points_are_turned_from_their_datum_as_outlines_are() -> None:
    moved = geometry_from_wgs84(gpd.GeoSeries([POINT], crs=4326), GCJ02).iloc[0]
    row = clean_buildings(buildings(moved), None, GCJ02).table.iloc[0]
    assert (row["lon"], row["lat"]) == (pytest.approx(LON, abs=1e-7), pytest.approx(LAT, abs=1e-7))


def test_in_a_table_of_points_a_row_without_one_is_set_aside(tmp_path: Path) -> None:
    path = tmp_path / "buildings.csv"
    path.write_text("building_id,division_code,lon,lat\nB1,370102,117.0,36.6\nB2,370102,,\n", encoding="utf-8")
    cleaned = clean_buildings(read_table(path, "buildings"), None, WGS84)
    assert cleaned.issues == ()
    assert cleaned.quarantine[["row", "code"]].to_numpy().tolist() == [[3, "G217"]]


def test_a_point_takes_the_outline_of_the_map_that_bears_its_name_or_that_it_lies_in() -> None:
    def at(east: float) -> shapely.Geometry:
        return shapely.box(LON + east, LAT, LON + east + 0.0005, LAT + 0.0004)  # 45 m wide, 89 m apart

    names, shapes = ["泰山大厦", None, "华山大厦"], [at(0), at(0.001), at(0.002)]
    outlines = gpd.GeoDataFrame({"building_name": pd.Series(names, dtype="str")}, geometry=shapes, crs=4326)
    # B1 stands in another's outline and takes its own; B2 lies in the nameless one, B3 in one of another name,
    # B4 too far from any.
    places = [shapely.Point(LON + e + 0.0002, LAT + 0.0002) for e in (0.001, 0.001, 0.002, 0.01)]
    raw = buildings(*places, building_name=["泰山大厦", None, "嵩山大厦", None])
    cleaned = clean_buildings(raw, None, WGS84, outlines=outlines)
    kept = cleaned.table.geometry
    assert kept.iloc[0].equals(at(0)) and kept.iloc[1].equals(at(0.001))
    assert (cleaned.repairs["outline_of_map"], cleaned.repairs["outline_assumed"]) == (2, 2)


def test_one_id_for_two_buildings_stops_the_run() -> None:
    other = shapely.box(LON + 0.01, LAT, LON + 0.0105, LAT + 0.0004)
    cleaned = clean_buildings(buildings(SQUARE, other, building_id=["B1", "B1"]), None, WGS84)
    assert issues_of(cleaned) == [("G202", "buildings.gpkg row 2")]


def test_a_building_that_stands_twice_is_kept_once() -> None:
    cleaned = clean_buildings(buildings(SQUARE, SQUARE, building_id=["B1", "B1"]), None, WGS84)
    assert cleaned.issues == ()
    assert cleaned.quarantine["code"].tolist() == ["G203"]


@pytest.mark.parametrize(("column", "cell", "code"), [("n_floors", "300", "G205"), ("n_floors", "many", "G204")])
def test_a_bad_number_stops_the_run(column: str, cell: str, code: str) -> None:
    cleaned = clean_buildings(buildings(SQUARE, **{column: [cell]}), None, WGS84)
    assert issues_of(cleaned) == [(code, "buildings.gpkg row 1")]


def test_a_building_in_no_known_district_stops_the_run() -> None:
    assert issues_of(clean_buildings(buildings(SQUARE, division_code=[None]), None, WGS84)) == [
        ("G221", "buildings.gpkg row 1")
    ]


def test_the_building_file_goes_before_the_footprints_table(tmp_path: Path) -> None:
    raw = buildings(SQUARE, division_code=[None], n_exits=[3])
    cleaned = clean_buildings(raw, files(tmp_path, "B1,370103,C1,PC1,28000,5"), WGS84)
    row = cleaned.table.iloc[0]
    assert row[["division_code", "complex_id", "property_company_id"]].tolist() == ["370103", "C1", "PC1"]
    assert row[["floor_area_m2", "n_exits"]].tolist() == [28_000.0, 5]
    assert cleaned.repairs["building_file_used"] == 1


def test_a_file_of_no_building_here_goes_to_quarantine(tmp_path: Path) -> None:
    cleaned = clean_buildings(buildings(SQUARE), files(tmp_path, "B1,,,,,", "B9,370103,,,,"), WGS84)
    assert cleaned.issues == ()
    lines = cleaned.quarantine[["file", "row", "code"]].to_numpy().tolist()
    assert lines == [["building_files.csv", 3, "G222"]]


def test_a_bad_building_file_stops_the_run(tmp_path: Path) -> None:
    cleaned = clean_buildings(buildings(SQUARE), files(tmp_path, "B1,,,,-5,2"), WGS84)
    assert issues_of(cleaned) == [("G205", "building_files.csv row 2")]


def test_exits_are_whole_in_a_building_file_too(tmp_path: Path) -> None:
    cleaned = clean_buildings(buildings(SQUARE), files(tmp_path, "B1,,,,,2.5"), WGS84)
    assert issues_of(cleaned) == [("G206", "building_files.csv row 2")]


def test_footprints_may_be_wkt_in_a_csv(tmp_path: Path) -> None:
    path = tmp_path / "buildings.csv"
    path.write_text(f'building_id;行政区划;wkt\nB1;370102;"{SQUARE.wkt}"\nB2;370102;POLYGON((', encoding="utf-8")
    cleaned = clean_buildings(read_table(path, "buildings"), None, WGS84)
    assert cleaned.table.geometry.iloc[0].equals(SQUARE)
    assert issues_of(cleaned) == [("G217", "buildings.csv row 3")]


def test_the_raw_table_is_not_changed() -> None:
    raw = buildings(BOW_TIE, n_floors=["28层"])
    before = raw.frame.copy()
    clean_buildings(raw, None, GCJ02)
    pd.testing.assert_frame_equal(raw.frame, before)


@pytest.mark.parametrize("crs", [None, 4326], ids=["shapefile without .prj", "geojson"])
@pytest.mark.parametrize("is_turned", [False, True], ids=["easting first", "northing first"])
def test_footprints_in_the_metres_that_the_scenario_names(crs: int | None, is_turned: bool) -> None:
    metres = geometry_from_wgs84(gpd.GeoSeries([SQUARE]), parse_datum("epsg:4548"))[0]
    shape = shapely.transform(metres, lambda xy: xy[:, ::-1]) if is_turned else metres
    cleaned = clean_buildings(buildings(shape, crs=crs), None, parse_datum("EPSG:4548"))
    assert issues_of(cleaned) == []
    assert cleaned.table.geometry[0].equals_exact(SQUARE, 1e-9)
    assert cleaned.repairs.get("swapped_lon_lat", 0) == is_turned


def test_a_projection_that_the_file_states_goes_before_the_scenarios() -> None:
    shape = gpd.GeoSeries([SQUARE], crs=4326).to_crs(4549)[0]
    cleaned = clean_buildings(buildings(shape, crs=4549), None, parse_datum("EPSG:4548"))
    assert cleaned.table.geometry[0].equals_exact(SQUARE, 1e-9)


def test_a_footprint_without_its_zone_number_is_reported_with_the_datum_that_asks_for_it() -> None:
    shape = shapely.box(501_788, 4_058_779, 501_838, 4_058_829)
    cleaned = clean_buildings(buildings(shape, crs=None), None, BY_ZONE)
    assert issues_of(cleaned) == [("G226", "buildings.gpkg row 1")]


@pytest.mark.parametrize("order", [slice(None), slice(None, None, -1)], ids=["lon first", "lat first"])
def test_footprints_in_degrees_stay_degrees_whatever_metres_the_tables_are_in(order: slice) -> None:
    shape = shapely.transform(shapely.box(117.02, 36.66, 117.021, 36.661), lambda xy: xy[:, order])
    cleaned = clean_buildings(buildings(shape, crs=None), None, parse_datum("EPSG:4548"))
    assert cleaned.issues == ()
    assert cleaned.repairs["degrees_among_metres"] == 1
    assert cleaned.table.geometry[0].bounds == pytest.approx((117.02, 36.66, 117.021, 36.661))


@pytest.mark.parametrize(("crs", "corner"), [(None, "inf 36.6"), (4326, "inf inf"), (4548, "1e20 4e6")])
def test_a_footprint_with_a_corner_nowhere_is_none(crs: int | None, corner: str) -> None:
    shape = shapely.from_wkt(f"POLYGON ((117 36.6, 117.01 36.6, {corner}, 117 36.6))")
    assert issues_of(clean_buildings(buildings(shape, crs=crs), None, WGS84)) == [("G217", "buildings.gpkg row 1")]


def test_footprints_with_their_zone_number_are_distinguished_from_those_without() -> None:
    shape = geometry_from_wgs84(gpd.GeoSeries([SQUARE]), parse_datum("epsg:4527"))[0]
    assert 39_000_000 < shape.centroid.x < 40_000_000
    cleaned = clean_buildings(buildings(shape, crs=None), None, parse_datum("EPSG:4548"))
    assert cleaned.table.geometry[0].equals_exact(SQUARE, 1e-9)
    assert cleaned.repairs["zone_number"] == 1


EAST = shapely.box(LON + 0.01, LAT, LON + 0.0105, LAT + 0.0004)


@pytest.mark.parametrize("divisions", [("370199",), ()], ids=["a slip", "none"])
def test_districts_that_no_building_is_in_are_a_fault_and_not_all_districts(divisions: tuple[str, ...]) -> None:
    raw = buildings(SQUARE, EAST, division_code=["370102", "370103"])
    cleaned = clean_buildings(raw, None, WGS84, divisions=divisions)
    assert issues_of(cleaned) == [("G321", "data.divisions")]
    assert cleaned.issues[0].values["codes"] == ("370102", "370103")


@pytest.mark.parametrize("divisions", [None, ("370102",)], ids=["default alone", "with divisions"])
def test_buildings_without_any_code_are_of_the_default_district(divisions: tuple[str, ...] | None) -> None:
    raw = buildings(SQUARE, EAST, division_code=[None, None])
    cleaned = clean_buildings(raw, None, WGS84, division_code="370102", divisions=divisions)
    assert issues_of(cleaned) == []
    assert cleaned.table["division_code"].tolist() == ["370102", "370102"]


def test_a_building_without_a_code_is_of_the_default_district_where_others_have_one() -> None:
    raw = buildings(SQUARE, EAST, division_code=["370103", None])
    cleaned = clean_buildings(raw, None, WGS84, division_code="370102", divisions=["370102"])
    assert cleaned.table[["building_id", "division_code"]].to_numpy().tolist() == [["B2", "370102"]]
    others = clean_buildings(raw, None, WGS84, division_code="370102", divisions=["370103"])
    assert others.table["building_id"].tolist() == ["B1"]
    elsewhere = clean_buildings(raw, None, WGS84, division_code="370102", divisions=["370199"])
    assert elsewhere.issues[0].values["codes"] == ("370102", "370103")


def test_a_building_that_is_left_out_with_a_code_that_nobody_has_is_told() -> None:
    raw = buildings(SQUARE, EAST, EAST, division_code=["370102", "370199", "370103"])
    cleaned = clean_buildings(raw, None, WGS84, divisions=["370102"])
    assert [(w.code, w.values) for w in cleaned.warnings] == [("G333", {"n": 1, "codes": ("370199",)})]


def test_rows_of_buildings_are_those_of_the_file_whatever_was_left_out(tmp_path: Path) -> None:
    stray = files(tmp_path, "B4,,,,,", "B9,,,,,", "B8,,,,,")
    raw = buildings(SQUARE, None, EAST, EAST, division_code=["370103", "370102", "370102", None])
    cleaned = clean_buildings(raw, stray, WGS84, division_code="370102", divisions=["370102"])
    assert cleaned.table["building_id"].tolist() == ["B3", "B4"]
    assert cleaned.rows.tolist() == [3, 4]


def test_buildings_without_any_code_are_in_no_district_that_is_planned() -> None:
    raw = buildings(SQUARE, EAST, division_code=[None, None])
    assert issues_of(clean_buildings(raw, None, WGS84, divisions=["370102"])) == [("G321", "data.divisions")]
