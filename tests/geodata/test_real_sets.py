"""Real files that nobody in the project wrote, each with the counts that its description states."""

from __future__ import annotations

import gzip
import io

import geopandas as gpd
import pandas as pd
import pytest

from geodata.clean.buildings import clean_buildings
from geodata.clean.districts import clean_districts
from geodata.clean.streets_and_water import clean_street_lines
from geodata.datum.datum_names import WGS84
from geodata.read.osm.buildings_and_streets import DRIVABLE
from geodata.read.osm.geojson_export import scan_export
from geodata.read.osm.outlines import scan_buildings
from geodata.read.read_table import read_table
from geodata.roads.line_noding import node_lines
from tests.geodata.roads.main_share import main_share
from tests.paths import GEO, needs_data

pytestmark = needs_data(GEO)


@pytest.mark.parametrize(
    ("folder", "n", "n_named", "n_high", "n_offices"),
    [("osm-cn-shanghai-bund", 1_450, 222, 696, 46), ("osm-cn-wuhan-guanggu", 237, 88, 78, 2)],
)
def test_every_footprint_of_an_export_is_read(folder: str, n: int, n_named: int, n_high: int, n_offices: int) -> None:
    outlines = scan_export(GEO / folder / "buildings.geojson").outlines
    assert len(outlines) == n
    assert sum("name" in o.tags for o in outlines) == n_named
    assert sum("height" in o.tags for o in outlines) == n_high
    assert sum(o.tags.get("building") in ("office", "commercial") for o in outlines) == n_offices


def test_the_raw_extract_has_its_257_buildings_and_the_offices_on_them() -> None:
    scan = scan_buildings(GEO / "osm-cn-beijing-cau" / "map.osm")
    assert sum(not o.is_part for o in scan.outlines) == 257
    # 20 on buildings, 2 points; 2 more are grounds, which are no building.
    assert (sum("office" in o.tags for o in scan.outlines), len(scan.offices)) == (20, 2)


def test_the_streets_of_guanggu_are_read_and_noded() -> None:
    raw = read_table(GEO / "osm-cn-wuhan-guanggu" / "roads.geojson", "street_lines")
    table = clean_street_lines(raw, WGS84).table
    drivable = gpd.GeoDataFrame(table[table["highway"].isin(DRIVABLE)])
    # 37.3 km in the description, which does not say what it counts; service roads and links are 0.6 km of these.
    assert drivable.to_crs(32650).length.sum() == pytest.approx(37_300, rel=0.03)
    assert main_share(node_lines(drivable)) > 0.9


def test_the_nodes_of_xian_are_as_many_as_its_description_says() -> None:
    raw = gpd.read_file(GEO / "cn-roads-xian" / "modifiedConn_node.shp")
    lines = clean_street_lines(read_table(GEO / "cn-roads-xian" / "modifiedConn_link.shp", "street_lines"), WGS84)
    assert (len(raw), len(lines.table), len(lines.quarantine)) == (8_469, 9_842, 0)


@pytest.mark.parametrize(("file", "n", "n_mended"), [("370000", 16, 2), ("370100", 12, 0), ("370200", 10, 0)])
def test_the_divisions_of_shandong_are_read_and_mended(file: str, n: int, n_mended: int) -> None:
    cleaned = clean_districts(read_table(GEO / "cn-admin" / f"{file}.json", "districts"), None)
    assert (len(cleaned.table), len(cleaned.quarantine)) == (n, 0)
    assert cleaned.repairs.get("district_made_valid", 0) == n_mended


@pytest.mark.parametrize("ending", ["csv", "shp"])
def test_the_22_offices_of_shenzhen_are_points_and_used_so(ending: str) -> None:
    path = GEO / "cn-offices-shenzhen" / f"写字楼.{ending}"
    raw = read_table(path, "buildings", {"building_id": "写字楼名称"})
    cleaned = clean_buildings(raw, None, WGS84, division_code="440305")
    assert (raw.n_rows, len(cleaned.table), len(cleaned.quarantine)) == (22, 22, 0)
    assert cleaned.issues == ()


def test_the_registry_has_its_rows_and_the_four_without_an_address() -> None:
    path = GEO / "cn-registry-shandong" / "shandong_registry_1980_2001.csv.gz"
    frame = pd.read_csv(io.BytesIO(gzip.decompress(path.read_bytes())), dtype="str")
    assert (len(frame), int(frame["注册地址"].isna().sum())) == (54_972, 4)
