"""Files that are made to break a reader, or to keep it busy: each is a fault, soon, and takes no memory."""

from __future__ import annotations

import struct
import time
import tracemalloc
import zipfile
from pathlib import Path

import geopandas as gpd
import openpyxl
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import shapely

from geodata.errors import InputError
from geodata.match.address import parse_address
from geodata.read import xlsx_files
from geodata.read.osm.buildings_and_streets import read_osm_buildings, read_osm_streets
from geodata.read.osm.geojson_export import is_osm_export, scan_export
from geodata.read.osm.scenario_extract import extract_osm
from geodata.read.osm.water import read_osm_water
from geodata.read.read_table import read_table, safe_path

LEADS = ["lead_id", "lead_type", "lead_source", "received_at", "address"]
ROW = ["L1", "tip", "hotline", "2026-09-01", "x"]


def code(path: Path, table: str = "leads") -> str:
    with pytest.raises(InputError) as caught:
        read_table(path, table)
    return caught.value.issues[0].code


def rewritten(path: Path, member: str, old: bytes, new: bytes) -> Path:
    """A workbook with a part of one of its files exchanged."""
    book = openpyxl.Workbook()
    assert book.active is not None
    book.active.append(LEADS)
    book.active.append(ROW)
    book.save(path)
    with zipfile.ZipFile(path) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    assert old in parts[member]
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(name, content.replace(old, new) if name == member else content)
    return path


SHEET = "xl/worksheets/sheet1.xml"


def test_a_row_far_below_costs_no_memory(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    # A tenth of the rows of a sheet, and of the memory that they may take.
    monkeypatch.setattr(xlsx_files, "_MOST_ROWS", 104_858)
    path = rewritten(tmp_path / "leads.xlsx", SHEET, b'<row r="2"', b'<row r="99999999"')
    tracemalloc.start()
    assert code(path) == "G128"
    assert tracemalloc.get_traced_memory()[1] < 30e6
    tracemalloc.stop()


@pytest.mark.parametrize("encoding", [b"UTF-9", b"idna", b"utf-16", b"base64"])
def test_a_workbook_in_an_encoding_that_is_none_is_damaged(tmp_path: Path, encoding: bytes) -> None:
    declared = b'<?xml version="1.0" encoding="' + encoding + b'"?><worksheet'
    assert code(rewritten(tmp_path / "leads.xlsx", SHEET, b"<worksheet", declared)) == "G104"


def test_a_dbf_with_two_fields_of_one_name_is_a_fault(tmp_path: Path) -> None:
    points = gpd.GeoDataFrame({"lead_id": ["L1"], "lead_ix": ["L2"]}, geometry=[shapely.Point(117, 36)], crs=4326)
    points.to_file(tmp_path / "leads.shp")
    dbf = tmp_path / "leads.dbf"
    dbf.write_bytes(dbf.read_bytes().replace(b"lead_ix", b"lead_id"))
    assert code(tmp_path / "leads.shp").startswith("G1")


@pytest.mark.parametrize("crs", [b'"crs": {"type": "no such"}', b'"crs": 5', b'"crs": "EPSG:999999"'])
def test_geoparquet_with_a_damaged_crs_is_a_fault(tmp_path: Path, crs: bytes) -> None:
    wkb = pa.array([shapely.to_wkb(shapely.Point(117, 36))])
    geo = b'{"version": "1.0.0", "primary_column": "geometry", "columns": {"geometry": {"encoding": "WKB", '
    about = {b"geo": geo + b'"geometry_types": [], ' + crs + b"}}}"}
    table = pa.table({"lead_id": ["L1"], "geometry": wkb}).replace_schema_metadata(about)
    pq.write_table(table, tmp_path / "leads.parquet")
    assert code(tmp_path / "leads.parquet") in ("G104", "G103")


@pytest.mark.slow
@pytest.mark.parametrize("sign", ["(", "（", "大厦(", "【", "[", "壹", "()", "1-"])
@pytest.mark.parametrize("column", range(5))
def test_a_cell_of_brackets_takes_no_time(tmp_path: Path, sign: str, column: int) -> None:
    row = list(ROW)
    row[column] = sign * 20_000
    path = tmp_path / "leads.csv"
    path.write_text(",".join(LEADS) + "\n" + ",".join(row) + "\n", encoding="utf-8")
    begun = time.process_time()
    raw = read_table(path, "leads")
    parse_address(str(raw.frame.iloc[0, column]))
    assert time.process_time() - begun < 2.0


OSM = """<?xml version='1.0'?><osm version="0.6">
<node id="{node}" lat="{lat}" lon="117.0" version="1"/><node id="2" lat="36.01" lon="117.0" version="1"/>
<node id="3" lat="36.01" lon="117.01" version="1"/>
<way id="{way}" version="1"><nd ref="{node}"/><nd ref="2"/><nd ref="3"/><nd ref="{node}"/>
<tag k="building" v="office"/><tag k="building:levels" v="{levels}"/></way></osm>"""


@pytest.mark.parametrize(
    "wrong",
    [
        {"node": "abc"},
        {"node": "9" * 30},
        {"node": str(2**60)},
        {"node": "-3"},
        {"way": "abc"},
        {"way": str(2**62)},
        {"way": "-5"},
        {"lat": "999"},
        {"lat": "nan"},
        {"levels": "9" * 5_000},
        {"levels": "1e400"},
    ],
    ids=str,
)
def test_openstreetmap_of_ids_and_places_that_are_none_is_read_or_a_fault(
    tmp_path: Path, wrong: dict[str, str]
) -> None:
    path = tmp_path / "city.osm"
    path.write_text(OSM.format(**({"node": "1", "lat": "36.0", "way": "8", "levels": "5"} | wrong)), encoding="utf-8")
    for read in (read_osm_buildings, read_osm_streets, read_osm_water, lambda p: extract_osm(p, tmp_path / "o.osm")):
        try:
            read(path)
        except InputError as error:
            assert error.issues


@pytest.mark.parametrize("identifier", ["9" * 5_000, "١٢", "way/x", "-", "12.5"])
def test_an_export_with_ids_that_are_no_numbers_is_read(tmp_path: Path, identifier: str) -> None:
    path = tmp_path / "buildings.geojson"
    ring = "[[117,36],[117.001,36],[117.001,36.001],[117,36]]"
    path.write_text(
        '{"type":"FeatureCollection","features":[{"type":"Feature","properties":{"@id":"'
        + identifier
        + '","building":"office"},"geometry":{"type":"Polygon","coordinates":['
        + ring
        + "]}}]}",
        encoding="utf-8",
    )
    assert is_osm_export(path)
    assert len(scan_export(path).outlines) == 1


def test_a_name_with_a_nought_is_no_path(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="G106"):
        safe_path(tmp_path, "leads\0.csv", "data.leads")


def test_an_archive_that_points_before_its_beginning_is_a_fault(tmp_path: Path) -> None:
    points = gpd.GeoDataFrame({"lead_id": ["L1"]}, geometry=[shapely.Point(117, 36)], crs=4326)
    points.to_file(tmp_path / "leads.shp")
    path = tmp_path / "leads.zip"
    with zipfile.ZipFile(path, "w") as archive:
        for part in ("shp", "shx", "dbf", "prj"):
            archive.write(tmp_path / f"leads.{part}", f"leads.{part}")
    content = bytearray(path.read_bytes())
    # The last record says that the list of members begins 2 GB later than it does: each is sought before the file.
    (start,) = struct.unpack("<I", content[-6:-2])
    content[-6:-2] = struct.pack("<I", start + 2**31)
    path.write_bytes(content)
    assert code(path) == "G104"


def test_a_shapefile_whose_head_lies_is_a_fault(tmp_path: Path) -> None:
    points = gpd.GeoDataFrame({"lead_id": ["L1"]}, geometry=[shapely.Point(117, 36)], crs=4326)
    points.to_file(tmp_path / "leads.shp")
    shp = bytearray((tmp_path / "leads.shp").read_bytes())
    shp[100:108] = struct.pack(">ii", 1, 2**30)
    (tmp_path / "leads.shp").write_bytes(shp)
    assert code(tmp_path / "leads.shp").startswith("G1")
