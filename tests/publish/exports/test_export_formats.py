"""Each export opened by another library than the one that wrote it, with names that try to run or to break out."""

from __future__ import annotations

import csv
import io
import json
import re
import sqlite3
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from xml.etree import ElementTree

import geopandas as gpd
import gpxpy
import icalendar
import numpy as np
import openpyxl
import pandas as pd
import pyogrio
import pytest
import shapely

from geodata.datum.convert import to_wgs84
from geodata.datum.datum_names import BD09, GCJ02, Datum
from geodata.message_catalogue import Texts, load_texts
from sweep.publish.edition import Edition
from sweep.publish.exports.export_formats import FORMATS, SHIFTABLE, export_plan
from sweep.publish.table_columns import COLUMNS
from sweep.records.check_form_items import ITEMS
from sweep.records.plan import Violation
from sweep.scenario.law_and_form_settings import Form
from tests.board.stubs import tried_again
from tests.publish.hostile import hostile_edition
from tests.publish.payloads import PAYLOADS
from tests.publish.small_edition import small_edition

EN = load_texts("en")
HOSTILE = hostile_edition()
KML = {"k": "http://www.opengis.net/kml/2.2"}
SHEETS = ["方案", "分组表", "点位表", "任务单", "台账", "统计表", "问题清单", "回头看清单", "抽取记录"]
STARTS = ("=", "+", "-", "@", "\t", "\r", "＝", "＋", "－", "＠")


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """The hostile plan in every format."""
    folder = tmp_path_factory.mktemp("exports")
    paths = {}
    for name in FORMATS:
        paths[name] = folder / f"plan.{name}"
        paths[name].write_bytes(export_plan(HOSTILE, name, EN).content)
    return paths


def neutral(text: str) -> str:
    """The text without the mark that keeps a spreadsheet from computing it."""
    return text[1:] if text.startswith("'") and text[1:].startswith(STARTS) else text


def squeezed(text: str) -> str:
    """Without the signs that XML or a line of text cannot keep as they are."""
    return re.sub(r"\s+", " ", text).strip()


@pytest.mark.parametrize("name", FORMATS)
def test_the_same_plan_gives_the_same_bytes(name: str) -> None:
    first, again = (export_plan(small_edition(), name, EN) for _ in range(2))
    assert first == again
    assert first.name == f"small-abc123.{name}"


def test_a_plan_that_breaks_a_rule_is_not_exported(edition: Edition) -> None:
    broken = replace(edition, violations=(Violation("C01", "T2"),))
    with pytest.raises(ValueError, match="breaks 1 rules"):
        export_plan(broken, "gpx", EN)


def test_the_workbook_has_the_sheets_that_planners_expect(edition: Edition) -> None:
    book = openpyxl.load_workbook(io.BytesIO(export_plan(edition, "xlsx", load_texts("zh_CN")).content))
    assert book.sheetnames == SHEETS
    for sheet in book:
        # A sheet that is not taken in says so in a line above its head.
        head = 2 if sheet.title in ("统计表", "问题清单", "回头看清单") else 1
        assert sheet.freeze_panes == f"A{head + 1}", sheet.title
        assert sheet.auto_filter.ref == sheet.dimensions.replace("A1:", f"A{head}:"), sheet.title
        assert sheet.print_title_rows == f"$1:${head}", sheet.title


def test_a_row_of_the_orders_is_the_stop(edition: Edition) -> None:
    book = openpyxl.load_workbook(io.BytesIO(export_plan(edition, "xlsx", load_texts("zh_CN")).content))
    orders = book["任务单"]
    row = {cell.value: orders.cell(2, cell.column) for cell in orders[1]}
    # 49,200 s after midnight is 13:40; the visit lasts to 51,000 s, 14:10.
    assert (row["进楼"].value.total_seconds(), row["结束"].value.total_seconds()) == (49_200, 51_000)
    assert row["进楼"].number_format == "[hh]:mm"
    assert row["楼层"].value == "1 – 20"
    # One page a team: a break before the second row, where team B begins.
    assert [b.id for b in orders.row_breaks.brk] == [2]


def test_a_time_in_the_workbook_is_the_minute_on_the_order(edition: Edition) -> None:
    # 13:39:40: the order says 13:40, where a spreadsheet would cut the seconds off and show 13:39.
    first, second = edition.plan.routes
    early = replace(first, stops=(replace(first.stops[0], start_s=49_180),))
    moved = replace(edition, plan=replace(edition.plan, routes=(early, second)))
    book = openpyxl.load_workbook(io.BytesIO(export_plan(moved, "xlsx", load_texts("zh_CN")).content))
    row = {cell.value: book["任务单"].cell(2, cell.column) for cell in book["任务单"][1]}
    assert row["进楼"].value.total_seconds() == 49_200


def test_the_ledger_has_the_items_of_the_form_and_no_others(edition: Edition, texts: Texts) -> None:
    book = openpyxl.load_workbook(io.BytesIO(export_plan(edition, "xlsx", texts).content))
    sheet = book[texts("sheet.ledger")]
    heads = [cell.value for cell in sheet[1]]
    items = heads[heads.index(texts("column.unit_state")) + 1 : heads.index(texts("column.n_hazards"))]
    assert len(items) == len(set(items)) == 16
    assert set(items) <= {texts(k) for k in texts.keys() if k.startswith("item.")}  # noqa: SIM118
    # Two firms in each of the two case visits.
    assert sheet.max_row == 5


def test_the_ledger_has_a_firm_behind_a_door_that_is_tried_again_once(edition: Edition, texts: Texts) -> None:
    book = openpyxl.load_workbook(io.BytesIO(export_plan(tried_again(edition), "xlsx", texts).content))
    sheet = book[texts("sheet.ledger")]
    heads = [cell.value for cell in sheet[1]]
    places = [heads.index(texts(f"column.{name}")) for name in ("visit_id", "uscc")]
    found = [tuple(row[k].value for k in places) for row in sheet.iter_rows(min_row=2)]
    assert len(found) == len(set(found)) == 4


def test_the_ledger_asks_nothing_that_is_struck_off_the_lists(edition: Edition, texts: Texts) -> None:
    form = Form(police=("closed_door",), market_regulation=("licence_displayed", "headcount_seen"))
    struck = replace(edition, scenario=edition.scenario.model_copy(update={"form": form}))
    book = openpyxl.load_workbook(io.BytesIO(export_plan(struck, "xlsx", texts).content))
    heads = [cell.value for cell in book[texts("sheet.ledger")][1]]
    asked = set(heads) & {texts(f"item.{item}") for item in ITEMS}
    assert asked == {texts(f"item.{item}") for item in ("closed_door", "licence_displayed", "headcount_seen")}


def test_the_statistics_give_what_the_coverage_gives(edition: Edition) -> None:
    book = openpyxl.load_workbook(io.BytesIO(export_plan(edition, "xlsx", EN).content))
    rows = {(r[0], r[1]): r[2:5] for r in book["Statistics"].iter_rows(min_row=2, values_only=True)}
    scope = f"{EN('coverage.all')} · {EN('coverage.everything')}"
    assert rows["Expected finds", scope] == pytest.approx((0.7, 0.8, 0.875))


def test_no_cell_of_the_workbook_is_a_formula(files: dict[str, Path]) -> None:
    book = openpyxl.load_workbook(files["xlsx"])
    cells = [cell for sheet in book for row in sheet.iter_rows() for cell in row if cell.value is not None]
    assert [c.coordinate for c in cells if c.data_type == "f" or c.hyperlink] == []
    texts = [c.value for c in cells if isinstance(c.value, str)]
    assert [t for t in texts if t.startswith(STARTS)] == []
    assert set(PAYLOADS) <= {neutral(t) for t in texts}


def test_the_csv_opens_as_utf_8_and_has_no_formula(files: dict[str, Path]) -> None:
    raw = files["csv"].read_bytes()
    assert raw.startswith(b"\xef\xbb\xbf")
    table = pd.read_csv(io.BytesIO(raw), encoding="utf-8-sig", dtype=str, keep_default_na=False)
    assert len(table) == 51
    cells = [cell for row in csv.reader(io.StringIO(raw.decode("utf-8-sig"), newline="")) for cell in row]
    assert [cell for cell in cells if cell.startswith(STARTS)] == []
    assert [neutral(name) for name in table["building_name"][:50]] == list(PAYLOADS[:50])


def test_the_geojson_is_read_by_gdal(files: dict[str, Path]) -> None:
    table = gpd.read_file(files["geojson"], engine="pyogrio")
    counts = table["kind"].value_counts().to_dict()
    named = {s.building_id for r in HOSTILE.plan.routes for s in r.stops} | {
        u.building_id for u in HOSTILE.plan.unserved
    }
    n_outlines = int(HOSTILE.footprints["building_id"].isin(named).sum())
    assert counts == {"stop": 51, "unserved": 11, "route": 2, "base": 1, "building": n_outlines}
    assert n_outlines > 0
    stops = table[table["kind"] == "stop"]
    assert list(stops["building_name"][:50]) == list(PAYLOADS[:50])
    assert (stops.iloc[0].geometry.x, stops.iloc[0].geometry.y) == (117.0, 36.6)


def test_rings_of_the_geojson_run_as_the_standard_wants_it() -> None:
    # RFC 7946, 3.1.6. The buffer of a point runs clockwise; so does the outer ring of this block with a yard.
    block = shapely.Polygon([(0, 0), (0, 3), (3, 3), (3, 0)], [[(1, 1), (2, 1), (2, 2), (1, 2)]])
    shapes = [shapely.Point(117, 36).buffer(1e-4), shapely.MultiPolygon([block]), block]
    small = small_edition()
    marked = small.footprints.set_geometry(shapes[: len(small.footprints)], crs=4326)
    content = json.loads(export_plan(replace(small, footprints=marked), "geojson", EN).content)
    outlines = [f["geometry"] for f in content["features"] if f["properties"]["kind"] == "building"]
    polygons = [part for one in outlines for part in shapely.get_parts(shapely.from_geojson(json.dumps(one)))]
    assert len(polygons) == len(small.footprints)
    assert all(part.exterior.is_ccw for part in polygons)
    assert not any(hole.is_ccw for part in polygons for hole in part.interiors)


def test_the_geopackage_is_read_by_sqlite_and_shapely(files: dict[str, Path]) -> None:
    with sqlite3.connect(files["gpkg"]) as book:
        rows = book.execute('SELECT "geom", "building_name" FROM "stops" ORDER BY "fid"').fetchall()
        layers = {name for (name,) in book.execute("SELECT table_name FROM gpkg_contents")}
        styles = dict(book.execute("SELECT f_table_name, styleQML FROM layer_styles WHERE useAsDefault = 1"))
    book.close()
    assert [name for _, name in rows[:50]] == list(PAYLOADS[:50])
    # A GeoPackage geometry is a header, here of 8 bytes for a point, and then WKB (OGC 12-128r18, 2.1.3).
    point = shapely.from_wkb(rows[0][0][8:])
    assert (point.x, point.y) == (117.0, 36.6)
    assert set(styles) == layers - {"layer_styles"}


def test_each_style_is_xml_that_draws_with_the_columns_of_its_layer(files: dict[str, Path]) -> None:
    with sqlite3.connect(files["gpkg"]) as book:
        styles = dict(book.execute("SELECT f_table_name, styleQML FROM layer_styles"))
    book.close()
    for layer, style in styles.items():
        root = ElementTree.fromstring(style.split("\n", 1)[1])
        renderer = root.find("renderer-v2")
        assert renderer is not None
        columns = set(pyogrio.read_info(files["gpkg"], layer=layer)["fields"])
        assert {renderer.get("attr")} - {None} <= columns, layer
        named = {n for e in root.iter() for n in re.findall(r'"(\w+)"', e.get("filter", "") + e.get("fieldName", ""))}
        assert named <= columns, layer
        assert renderer.findall(".//symbol"), layer


def test_the_kml_is_read_by_gdal(files: dict[str, Path]) -> None:
    layers = [str(name) for name, _ in pyogrio.list_layers(files["kml"])]
    assert layers == ["Team A (T/1)", "Team B (T2)", "Bases", "Not served"]
    team = pyogrio.read_dataframe(files["kml"], layer="Team A (T/1)")
    names = [squeezed(name) for name in team["Name"]]
    assert names[1:] == [squeezed(f"A{k} {p}") for k, p in enumerate(PAYLOADS[:50], start=1)]
    root = ElementTree.fromstring(files["kml"].read_bytes())
    spans = root.findall(".//k:TimeSpan/k:begin", KML)
    assert spans[0].text == "2026-09-16T13:30:00+08:00"
    # A viewer takes a description for HTML.
    descriptions = [e.text or "" for e in root.findall(".//k:description", KML)]
    assert [t for t in descriptions if "<" in t] == []


def test_the_gpx_has_one_track_a_team(files: dict[str, Path]) -> None:
    gpx = gpxpy.parse(files["gpx"].read_text(encoding="utf-8"))
    assert [track.name for track in gpx.tracks] == ["Team A (T/1)", "Team B (T2)"]
    # 59 legs between sixty places, two of the calm team.
    assert [len(track.segments) for track in gpx.tracks] == [59, 2]
    names = [squeezed(w.name or "") for w in gpx.waypoints]
    assert names[:50] == [squeezed(f"A{k} {p}") for k, p in enumerate(PAYLOADS[:50], start=1)]
    assert (gpx.waypoints[0].latitude, gpx.waypoints[0].longitude) == (36.6, 117.0)


@pytest.mark.parametrize("name", ["parquet", "fgb"])
def test_the_stops_are_points_with_the_columns_of_the_csv(name: str, files: dict[str, Path]) -> None:
    points = gpd.read_parquet(files[name]) if name == "parquet" else gpd.read_file(files[name])
    assert [c for c in points.columns if c != "geometry"] == list(COLUMNS["stops.csv"])
    assert points.crs.to_epsg() == 4326
    first = points.sort_values(["letter", "number"]).iloc[0]
    assert (first.geometry.x, first.geometry.y) == pytest.approx((first["lon"], first["lat"]))
    assert first["building_name"] == PAYLOADS[0]


def test_the_calendar_has_one_event_a_stop(files: dict[str, Path]) -> None:
    raw = files["ics"].read_bytes()
    events = icalendar.Calendar.from_ical(raw).walk("VEVENT")
    assert len(events) == 51
    assert [squeezed(str(e["SUMMARY"])) for e in events[:50]] == [
        squeezed(f"A{k} {p}") for k, p in enumerate(PAYLOADS[:50], start=1)
    ]
    # 13:30 in China is 05:30 UTC.
    assert events[0]["DTSTART"].dt == datetime(2026, 9, 16, 5, 30, tzinfo=UTC)
    assert len({str(e["UID"]) for e in events}) == 51
    assert max(len(line) for line in raw.split(b"\r\n")) <= 75
    assert b"\n" not in raw.replace(b"\r\n", b"")


def test_no_event_of_two_scenarios_or_of_a_door_tried_twice_has_the_uid_of_another(edition: Edition) -> None:
    def uids(of: Edition) -> list[str]:
        events = icalendar.Calendar.from_ical(export_plan(of, "ics", EN).content).walk("VEVENT")
        return [str(e["UID"]) for e in events]

    renamed = replace(edition, scenario=edition.scenario.model_copy(update={"name": "other"}))
    assert not set(uids(edition)) & set(uids(renamed))
    first, *rest = edition.plan.routes
    tries = [replace(first.stops[0], is_attempt=True, start_s=first.stops[0].start_s - k * 600) for k in (2, 1)]
    thrice = replace(first, stops=(*tries, *first.stops))
    made = uids(replace(edition, plan=replace(edition.plan, routes=(thrice, *rest))))
    assert len(set(made)) == len(made) == len(uids(edition)) + 2


@pytest.mark.parametrize("sign", ["\0", "\x0b", "\x1b", "￾", "￿"])
def test_a_sign_that_xml_cannot_hold_is_replaced(edition: Edition, sign: str) -> None:
    spoilt = replace(edition.buildings["B1"], name=f"a{sign}b")
    hostile = replace(edition, buildings={**edition.buildings, "B1": spoilt})
    for name in ("kml", "gpx"):
        text = export_plan(hostile, name, EN).content.decode("utf-8")
        ElementTree.fromstring(text)
        assert "A1 a�b" in text


def test_the_geopackage_has_bases_and_outlines_of_clusters(files: dict[str, Path]) -> None:
    bases = pyogrio.read_dataframe(files["gpkg"], layer="bases")
    assert bases["base_id"].tolist() == list(dict.fromkeys(t.base_id for t in HOSTILE.plan.teams))
    outlines = pyogrio.read_dataframe(files["gpkg"], layer="cluster_outlines").set_index("cluster_id")
    assert len(outlines) == len(HOSTILE.clusters) > 0
    for c in HOSTILE.clusters:
        members = [HOSTILE.buildings[b] for b in c.building_ids]
        assert all(outlines.geometry[c.cluster_id].contains(shapely.Point(b.lon, b.lat)) for b in members)


@pytest.mark.parametrize(("lang", "name"), [("zh_CN", "线索率"), ("en", "Rate of leads")])
def test_the_geopackage_names_its_columns_as_people_do(edition: Edition, lang: str, name: str, tmp_path: Path) -> None:
    path = tmp_path / "plan.gpkg"
    path.write_bytes(export_plan(edition, "gpkg", load_texts(lang)).content)
    with sqlite3.connect(path) as book:
        names = {(t, c): n for t, c, n in book.execute("SELECT table_name, column_name, name FROM gpkg_data_columns")}
        extensions = {n for (n,) in book.execute("SELECT extension_name FROM gpkg_extensions")}
        columns = {
            (table, column)
            for (table,) in book.execute("SELECT table_name FROM gpkg_geometry_columns")
            for _, column, *_ in book.execute(f'PRAGMA table_info("{table}")')
        }
    book.close()
    assert names["buildings", "rate"] == name
    assert "gpkg_schema" in extensions
    assert {c for c in columns if c[1] not in ("fid", "geom")} == set(names)


@pytest.mark.parametrize("datum", [GCJ02, BD09])
def test_a_shifted_export_is_back_where_it_was_when_it_is_read_in_its_datum(
    edition: Edition, texts: Texts, datum: Datum, tmp_path: Path
) -> None:
    exports = {name: export_plan(edition, name, texts, datum=datum) for name in SHIFTABLE}
    assert all(f"-{datum.name}." in e.name for e in exports.values())
    rows = list(csv.DictReader(io.StringIO(exports["csv"].content.decode("utf-8-sig"), newline="")))
    lon, lat = float(rows[0][f"lon_{datum.name}"]), float(rows[0][f"lat_{datum.name}"])
    # Some 500 m in GCJ-02, 1 km in BD-09: never less than 0.003 degrees in Jinan.
    here = edition.buildings[rows[0]["building_id"]]
    assert abs(lon - here.lon) > 0.003
    back = to_wgs84(np.array([lon]), np.array([lat]), datum)
    assert (back[0][0], back[1][0]) == pytest.approx((here.lon, here.lat), abs=2e-6)
    content = json.loads(exports["geojson"].content)
    assert content["datum"] == datum.name
    stop = next(f for f in content["features"] if f["properties"]["kind"] == "stop")
    assert stop["geometry"]["coordinates"] == pytest.approx([lon, lat])
    (tmp_path / "plan.gpkg").write_bytes(exports["gpkg"].content)
    first = pyogrio.read_dataframe(tmp_path / "plan.gpkg", layer="stops")
    assert (first.geometry[0].x, first.geometry[0].y) == pytest.approx((lon, lat))
    assert first.crs is None or first.crs.to_epsg() != 4326


def test_a_format_of_wgs_84_is_not_shifted(edition: Edition, texts: Texts) -> None:
    for name in set(FORMATS) - set(SHIFTABLE):
        with pytest.raises(ValueError, match="always in WGS-84"):
            export_plan(edition, name, texts, datum=GCJ02)
