"""Roads from a table of lines: where they meet, which way they run, and that they are built like any other."""

import hashlib
import time
from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely

from geodata.clean.streets_and_water import clean_street_lines
from geodata.datum.datum_names import WGS84
from geodata.raw_table import RawTable, as_text
from geodata.read.osm.buildings_and_streets import DRIVABLE, read_osm_streets
from geodata.read.read_table import read_table
from geodata.roads.engine_files import build_roads
from geodata.roads.line_noding import lines_file, node_lines
from geodata.roads.travel_modes import UNREACHABLE, build_network
from tests.geodata.roads.main_share import main_share
from tests.paths import GEO, needs_data

with_geo = needs_data(GEO)

# Two streets of 0.02 degrees that cross at (117.01, 36.61), a third that ends 0.5 m short of the first.
ACROSS = shapely.LineString([(117.0, 36.61), (117.02, 36.61)])
UP = shapely.LineString([(117.01, 36.60), (117.01, 36.62)])
SHORT = shapely.LineString([(117.005, 36.60), (117.005, 36.6099955)])


def streets(*lines, **columns):
    columns = {name: as_text(pd.Series(values, index=range(1, len(lines) + 1))) for name, values in columns.items()}
    frame = gpd.GeoDataFrame(columns, geometry=list(lines), crs=4326, index=range(1, len(lines) + 1))
    cleaned = clean_street_lines(RawTable("street_lines", Path("roads.geojson"), "0", frame, None), WGS84)
    return cleaned.table


def degree(noded, lon, lat):
    """How many ways have the node at a place."""
    at = int(np.argmin(np.hypot(*(noded.nodes - [lon, lat]).T)))
    return sum(at in way for way in noded.ways)


def test_lines_that_cross_share_a_node_there():
    noded = node_lines(streets(ACROSS, UP))
    assert len(noded.nodes) == 5
    assert degree(noded, 117.01, 36.61) == 2
    assert main_share(noded) == 1.0


def test_an_end_half_a_metre_short_meets_the_line():
    noded = node_lines(streets(ACROSS, SHORT))
    assert degree(noded, 117.005, 36.6099955) == 2
    assert main_share(noded) == 1.0


@pytest.mark.parametrize("gap", [0.0, 0.000005], ids=["touches", "half a metre short"])
def test_a_line_that_ends_on_itself_meets_itself_there(tmp_path, gap):
    # North along 117.00, round a block and back to 117.00 at 36.605.
    corners = [(117.0, 36.60), (117.0, 36.62), (117.01, 36.62), (117.01, 36.605), (117.0 + gap, 36.605)]
    network = build_network(lines_file(streets(shapely.LineString(corners)), tmp_path), tmp_path)
    found = network.table(np.array([117.0, 117.005]), np.array([36.601, 36.605]))
    # 0.004 degrees north, 444 m, and 0.005 degrees east, 447 m; round the block are 5,115 m.
    assert found.distance_m[0, 1] == pytest.approx(891, abs=5)
    assert found.distance_m[1, 0] == pytest.approx(891, abs=5)


# North along 117.00, then round a block and across itself at (117.0, 36.605) to the west.
EIGHT = shapely.LineString([(117.0, 36.60), (117.0, 36.62), (117.01, 36.62), (117.01, 36.605), (116.99, 36.605)])


def test_a_street_that_crosses_itself_can_be_turned_in_there(tmp_path):
    network = build_network(lines_file(streets(EIGHT), tmp_path), tmp_path)
    found = network.table(np.array([117.0, 116.995]), np.array([36.601, 36.605]))
    # 0.004 degrees north, 444 m, and 0.005 degrees west, 447 m; round the block are 6,010 m.
    assert found.distance_m[0, 1] == pytest.approx(891, abs=5)
    assert found.distance_m[1, 0] == pytest.approx(891, abs=5)


def test_a_bridge_that_crosses_itself_is_a_spiral():
    (way,) = node_lines(streets(EIGHT, is_bridge=["yes"])).ways
    assert len(way) == len(set(way.tolist())) == 5


def test_a_ring_and_a_hook_get_no_more_nodes_than_they_have_corners():
    ring = shapely.LineString([(117.0, 36.60), (117.01, 36.60), (117.01, 36.61), (117.0, 36.60)])
    hook = shapely.LineString([(117.1, 36.60), (117.1, 36.61), (117.1001, 36.61), (117.1001, 36.6099)])
    noded = node_lines(streets(ring, hook))
    assert [len(way) for way in noded.ways] == [4, 4]
    assert len(noded.nodes) == 7


@pytest.mark.parametrize("column", ["is_bridge", "is_tunnel"])
def test_a_bridge_does_not_meet_what_it_crosses(column):
    noded = node_lines(streets(ACROSS, UP, **{column: ["yes", "no"]}))
    assert len(noded.nodes) == 4
    assert main_share(noded) == pytest.approx(0.555, abs=0.001)  # 2,224 m of 2,224 + 1,784


def test_a_bridge_meets_the_ground_where_it_ends():
    ramp = shapely.LineString([(117.01, 36.61), (117.01, 36.62)])
    assert main_share(node_lines(streets(ACROSS, ramp, is_bridge=["no", "yes"]))) == 1.0


def test_lines_in_several_parts_are_taken_apart():
    both = shapely.MultiLineString([ACROSS, UP])
    assert len(node_lines(streets(both)).ways) == 2


@pytest.mark.parametrize(
    ("column", "cells", "direction"),
    [
        ("oneway", ["yes", "no", "-1", None], [1, 0, -1, 0]),
        ("dir", ["1", "0", "-1", ""], [1, 0, -1, 0]),
        ("方向", ["0", "1", "2", "3"], [0, 0, 1, -1]),
        ("通行　方向（代码）", ["0", "1", "2", "3"], [0, 0, 1, -1]),
        ("Direction", ["0", "1", "2", "3"], [0, 0, 1, -1]),
        ("方向", ["1", "1", "1", "1"], [0, 0, 0, 0]),
        ("方向", ["1", "0", "1", "1"], [1, 0, 1, 1]),
        ("方向", ["1", None, "1", "1"], [1, 0, 1, 1]),
        ("oneway", ["1", "1", "1", "1"], [1, 1, 1, 1]),
    ],
)
def test_the_dialects_of_one_way(tmp_path, column, cells, direction):
    path = tmp_path / "roads.geojson"
    gpd.GeoDataFrame({column: cells}, geometry=[ACROSS] * 4, crs=4326).to_file(path)
    assert list(clean_street_lines(read_table(path, "street_lines"), WGS84).table.direction) == direction


def test_class_and_speed_of_a_table_in_chinese(tmp_path):
    path = tmp_path / "roads.geojson"
    columns = {
        "路名": ["泉城路", "x", "y"],
        "道路等级": ["主干路", "residential", "其他"],
        "限速": ["40km/h", "0", None],
    }
    gpd.GeoDataFrame(columns, geometry=[ACROSS] * 3, crs=4326).to_file(path)
    cleaned = clean_street_lines(read_table(path, "street_lines"), WGS84)
    assert list(cleaned.table.highway) == ["primary", "residential", "tertiary"]
    assert cleaned.table.maxspeed_kmh.fillna(-1).tolist() == [40, -1, -1]
    assert cleaned.repairs["street_class_assumed"] == 1


def test_a_row_without_a_line_goes_to_quarantine():
    frame = gpd.GeoDataFrame({}, geometry=[ACROSS, shapely.Point(117, 36.6), None], crs=4326, index=[1, 2, 3])
    cleaned = clean_street_lines(RawTable("street_lines", Path("roads.shp"), "0", frame, None), WGS84)
    assert list(cleaned.quarantine.code) == ["G225", "G225"]
    assert len(cleaned.table) == 1


def test_a_one_way_line_is_driven_one_way_at_its_speed(tmp_path):
    table = streets(ACROSS, direction=["yes"], maxspeed_kmh=["60"])
    network = build_network(lines_file(table, tmp_path), tmp_path)
    found = network.table(np.array([117.002, 117.018]), np.array([36.61, 36.61]))
    # 0.016 degrees at 36.61 N are 1,429 m, at 0.8 x 60 km/h 107 s.
    assert found.distance_m[0, 1] == pytest.approx(1_429, abs=10)
    assert found.duration_s[0, 1] == pytest.approx(107, abs=4)
    assert found.duration_s[1, 0] == UNREACHABLE


def test_on_foot_a_one_way_line_is_walked_both_ways(tmp_path):
    path = lines_file(streets(ACROSS, direction=["yes"]), tmp_path)
    found = build_network(path, tmp_path, "foot").table(np.array([117.002, 117.018]), np.array([36.61, 36.61]))
    # 5 km/h over 1,429 m.
    assert found.duration_s.tolist()[1][0] == pytest.approx(1_029, abs=20)


def test_an_unknown_profile_is_a_slip_in_code(tmp_path):
    with pytest.raises(ValueError, match="profile must be one of"):
        build_roads(tmp_path / "x.osm", tmp_path, "boat")


def test_the_same_table_gives_the_same_file_and_it_is_written_once(tmp_path):
    first = lines_file(streets(ACROSS, UP), tmp_path / "1")
    assert lines_file(streets(ACROSS, UP), tmp_path / "2").read_bytes() == first.read_bytes()
    before = first.stat().st_mtime_ns
    assert lines_file(streets(ACROSS, UP), tmp_path / "1").stat().st_mtime_ns == before
    assert len(read_osm_streets(first)) == 2


def test_what_the_scenario_says_of_the_columns_of_a_table_that_was_read_before_counts(tmp_path):
    path = tmp_path / "roads.geojson"
    gpd.GeoDataFrame({"drive": ["yes"]}, geometry=[ACROSS], crs=4326).to_file(path)
    read = [read_table(path, "street_lines", columns) for columns in ({}, {"direction": "drive"})]
    cleaned = [clean_street_lines(raw, WGS84).table for raw in read]
    files = [lines_file(gpd.GeoDataFrame(table), tmp_path) for table in cleaned]
    assert [read_osm_streets(file).is_oneway.tolist() for file in files] == [[False], [True]]


def test_another_attribute_of_a_shapefile_is_another_input(tmp_path):
    path, hashes = tmp_path / "roads.shp", []
    for oneway in ("no", "yes"):
        gpd.GeoDataFrame({"oneway": [oneway]}, geometry=[ACROSS], crs=4326).to_file(path, encoding="utf-8")
        hashes.append(read_table(path, "street_lines").sha256)
    assert hashes[0] != hashes[1]
    # As `cat roads.shp roads.shx roads.dbf roads.prj roads.cpg | sha256sum` gives it.
    parts = [path.with_suffix(end).read_bytes() for end in (".shp", ".shx", ".dbf", ".prj", ".cpg")]
    assert hashes[1] == hashlib.sha256(b"".join(parts)).hexdigest()


@with_geo
def test_the_bund_has_98_percent_of_its_length_in_one_component():
    raw = read_table(GEO / "osm-cn-shanghai-bund" / "roads.geojson", "street_lines")
    table = clean_street_lines(raw, WGS84).table
    drivable = table[table.highway.isin(DRIVABLE)]
    assert len(drivable) == 708
    assert drivable.to_crs(32651).length.sum() == pytest.approx(140_500, abs=100)
    assert main_share(node_lines(drivable)) >= 0.98


@pytest.mark.slow
@with_geo
def test_xian_has_its_links_and_a_thousand_places_in_under_five_seconds(tmp_path):
    raw = read_table(GEO / "cn-roads-xian" / "modifiedConn_link.shp", "street_lines")
    table = clean_street_lines(raw, WGS84).table
    assert (raw.n_rows, len(table)) == (9_842, 9_842)
    assert table.to_crs(32649).length.sum() == pytest.approx(1_320_600, abs=200)
    network = build_network(lines_file(table, tmp_path), tmp_path)
    places = np.array([line.coords[0] for line in table.geometry.iloc[::9]])[:1_000]
    start = time.process_time()
    found = network.table(places[:, 0], places[:, 1])
    assert time.process_time() - start < 5
    assert found.duration_s.shape == (1_000, 1_000)
    assert (found.duration_s == UNREACHABLE).mean() < 0.01
