"""What the map is drawn on: water, borders, and the tiles of a closed network in a datum of their own."""

from __future__ import annotations

import json
import struct
import zlib
from dataclasses import replace
from pathlib import Path

import geopandas as gpd
import numpy as np
import pytest
from shapely.geometry import LineString, box

from geodata.datum.convert import from_wgs84
from geodata.datum.datum_names import BD09, BD09MC, CGCS2000, GCJ02, Datum
from geodata.message_catalogue import load_texts
from geodata.schema import CRS
from sweep.publish.map.map_page import map_page
from sweep.scenario.map_settings import Map
from tests.benchmarks.map.city_day import LAT, LON, city_day
from tests.browser.watched import Watched

pytestmark = pytest.mark.enable_socket  # asyncio makes a pair of them to wake itself; the browser is offline

ZH = load_texts("zh_CN")
BLUE = (90, 120, 200)


def small_city() -> object:
    return city_day(n_buildings=40, n_streets=112, n_teams=3, n_stops=4)


def png(colour: tuple[int, int, int]) -> bytes:
    """A picture of 256 x 256 pixels of one colour."""

    def chunk(kind: bytes, content: bytes) -> bytes:
        return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))

    row = b"\0" + bytes(colour) * 256
    head = struct.pack(">IIBBBBB", 256, 256, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(row * 256)) + chunk(b"IEND", b"")


@pytest.mark.parametrize("width", [1440])
def test_water_and_borders_are_drawn_and_can_be_turned_off(watched: Watched, tmp_path: Path, width: int) -> None:
    lake, river = (
        box(LON - 0.004, LAT, LON - 0.002, LAT + 0.002),
        LineString([(LON, LAT - 0.004), (LON + 0.01, LAT - 0.004)]),
    )
    edge = box(LON - 0.006, LAT - 0.006, LON + 0.02, LAT + 0.02)
    edition = replace(
        small_city(),
        water=gpd.GeoDataFrame(geometry=[lake, river], crs=CRS),
        borders=gpd.GeoDataFrame({"division_name": ["</script><b>历下区"]}, geometry=[edge], crs=CRS),
    )
    path = tmp_path / "map.html"
    path.write_text(map_page(edition, ZH), encoding="utf-8")
    watched.open_map(path)
    watched.centre_on(LAT, LON, 15)
    middle = watched.at(LAT + 0.001, LON - 0.003)
    assert watched.colour(*middle) == "#cfe2ee"
    watched.shoot("map-ground")
    watched.layer("water", is_on=False)
    assert watched.colour(*middle) is None
    watched.layer("borders", is_on=False)
    watched.check(path)


@pytest.mark.parametrize("width", [1440])
@pytest.mark.parametrize("datum", [GCJ02, CGCS2000], ids=str)
def test_things_lie_right_on_tiles_of_another_datum_and_the_data_stay_true(
    watched: Watched, tmp_path: Path, width: int, datum: Datum
) -> None:
    edition = small_city()
    ground = Map(tiles="tiles/{z}/{x}/{y}.png", tiles_datum=datum)
    edition = replace(edition, scenario=edition.scenario.model_copy(update={"map": ground}))
    path = tmp_path / "map.html"
    page = map_page(edition, ZH)
    path.write_text(page, encoding="utf-8")
    # Every tile of the city at two zooms, no more: the others are gaps.
    for zoom in (15, 16):
        x0 = int((LON + 180) / 360 * 2**zoom)
        y0 = int((1 - np.arcsinh(np.tan(np.radians(LAT))) / np.pi) / 2 * 2**zoom)
        for x in range(x0 - 6, x0 + 10):
            for y in range(y0 - 10, y0 + 6):
                tile = tmp_path / "tiles" / str(zoom) / str(x) / f"{y}.png"
                tile.parent.mkdir(parents=True, exist_ok=True)
                tile.write_bytes(png(BLUE))
    stop = edition.plan.routes[0].stops[0]
    building = edition.buildings[stop.building_id]
    data = json.loads(page.split(f'id="plan-{edition.plan_id}">')[1].split("</script>")[0])
    # The first building's place in the file, in millionths, is its true one.
    first = edition.buildings[data["buildings"]["id"][0]]
    assert data["buildings"]["at"][:2] == [round(first.lat * 1e6), round(first.lon * 1e6)]
    watched.open_map(path)
    lon, lat = from_wgs84(np.array([building.lon]), np.array([building.lat]), datum)
    watched.centre_on(float(lat[0]), float(lon[0]), 16)
    watched.page.locator("img.leaflet-tile-loaded").first.wait_for(state="attached")
    x, y = watched.at(float(lat[0]), float(lon[0]))
    assert watched.colour(x - 9, y) == "#0077bb"
    if datum == GCJ02:
        # Some 560 m aside: not a trace of the stop at the unshifted place.
        assert watched.colour(*watched.at(building.lat, building.lon)) != "#0077bb"
        assert ZH("map.note.datum_shifted", datum="GCJ-02") in page
        watched.shoot("map-tiles")
    assert [f for f in watched.faults if "ERR_FILE_NOT_FOUND" not in f] == []
    outside = [r for r in watched.requests if not r.startswith((tmp_path.as_uri(), "data:"))]
    assert outside == []


@pytest.mark.parametrize("width", [1440])
def test_things_lie_right_on_baidus_tiles_which_have_a_grid_of_their_own(
    watched: Watched, tmp_path: Path, width: int
) -> None:
    edition = small_city()
    ground = Map(tiles="tiles/{z}/{x}/{y}.png", tiles_datum="bd09", tiles_max_zoom=17)
    edition = replace(edition, scenario=edition.scenario.model_copy(update={"map": ground}))
    path = tmp_path / "map.html"
    path.write_text(map_page(edition, ZH), encoding="utf-8")
    stop = edition.plan.routes[0].stops[0]
    building = edition.buildings[stop.building_id]
    # Baidu's zoom 17 has 2 of its metres a pixel, 512 a tile, counted from 0, 0 to the north-east.
    (east,), (north,) = from_wgs84(np.array([building.lon]), np.array([building.lat]), BD09MC)
    x, y = int(east // 512), int(north // 512)
    for column in range(x - 6, x + 7):
        for row in range(y - 6, y + 7):
            tile = tmp_path / "tiles" / "17" / str(column) / f"{row}.png"
            tile.parent.mkdir(parents=True, exist_ok=True)
            tile.write_bytes(png(BLUE if (column, row) != (x, y) else (240, 200, 60)))
    watched.open_map(path)
    lon, lat = from_wgs84(np.array([building.lon]), np.array([building.lat]), BD09)
    watched.centre_on(float(lat[0]), float(lon[0]), 16)
    at = watched.at(float(lat[0]), float(lon[0]))
    assert watched.colour(at[0] - 9, at[1]) == "#0077bb"
    tile = watched.page.locator(f"img.leaflet-tile[src$='/17/{x}/{y}.png']")
    tile.wait_for(state="attached")
    box = tile.bounding_box()
    assert box is not None
    # Where in its tile the building is, in pixels from the upper left corner.
    assert at[0] - box["x"] == pytest.approx((east - 512 * x) / 2, abs=1.0)
    assert at[1] - box["y"] == pytest.approx((512 * (y + 1) - north) / 2, abs=1.0)
    watched.shoot("map-baidu")
    assert [f for f in watched.faults if "ERR_FILE_NOT_FOUND" not in f] == []


def test_the_page_allows_the_named_host_and_no_other() -> None:
    edition = small_city()
    ground = Map(tiles="http://10.1.2.3:8080/osm/{z}/{x}/{y}.png?k=a&b='\"", tiles_datum="wgs84")
    page = map_page(replace(edition, scenario=edition.scenario.model_copy(update={"map": ground})), ZH)
    policy = page.split('Content-Security-Policy" content="')[1].split('"')[0]
    assert "img-src data: http://10.1.2.3:8080;" in policy
    assert "{z}/{x}/{y}.png?k=a&amp;b=&#39;&#34;" in page
