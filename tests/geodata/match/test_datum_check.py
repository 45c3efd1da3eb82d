"""The warning that coordinates are in another datum than declared, from real footprints and streets."""

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest

from geodata.datum.convert import from_wgs84, geometry_from_wgs84, to_wgs84
from geodata.datum.datum_names import BD09, CGCS2000, GCJ02, WGS84
from geodata.match.datum_check import check_footprints, check_points
from geodata.message_catalogue import LANGUAGES, load_texts
from tests.paths import GEO, needs_data

CITIES = ("osm-cn-shanghai-bund", "osm-cn-wuhan-guanggu")
pytestmark = needs_data(GEO)


@pytest.fixture(params=CITIES)
def city(request):
    buildings = gpd.read_file(GEO / request.param / "buildings.geojson")[["geometry"]]
    inside = buildings.geometry.representative_point()
    buildings = buildings.assign(building_id=buildings.index.astype("str"), lon=inside.x, lat=inside.y)
    return buildings, gpd.read_file(GEO / request.param / "roads.geojson")


def shifted(buildings, datum):
    """Footprints of a file in `datum` that was read as WGS-84."""
    shapes = geometry_from_wgs84(buildings.geometry, datum).set_crs("EPSG:4326", allow_override=True)
    inside = shapes.representative_point()
    return buildings.set_geometry(shapes).assign(lon=inside.x, lat=inside.y)


def leads(buildings, datum, matched_by="point"):
    """Every other building with a lead some 10 m off its middle, in `datum`, read as WGS-84."""
    chance = np.random.default_rng(1)
    some = buildings.iloc[::2]
    lon, lat = (some[c].to_numpy() + chance.normal(0, 1e-4, len(some)) for c in ("lon", "lat"))
    lon, lat = from_wgs84(lon, lat, datum)
    return pd.DataFrame({"lon": lon, "lat": lat, "matched_by": matched_by, "building_id": list(some["building_id"])})


def datums(issues):
    for issue in issues:
        assert all(issue.what(load_texts(lang)) and issue.fix(load_texts(lang)) for lang in LANGUAGES)
    return [(issue.code, issue.values["declared"], issue.values["looks_like"]) for issue in issues]


def test_what_is_right_raises_no_warning(city):
    buildings, streets = city
    assert check_footprints(buildings, streets, WGS84) == ()
    for matched_by in ("point", "name"):
        assert check_points(leads(buildings, WGS84, matched_by), buildings, CGCS2000) == ()


@pytest.mark.parametrize("datum", [GCJ02, BD09], ids=str)
def test_footprints_under_the_streets_are_reported_with_what_they_look_like(city, datum):
    buildings, streets = city
    assert datums(check_footprints(shifted(buildings, datum), streets, WGS84)) == [("G303", "wgs84", datum.name)]


@pytest.mark.parametrize("matched_by", ["point", "name"])
@pytest.mark.parametrize("datum", [GCJ02, BD09], ids=str)
def test_points_beside_the_buildings_are_reported_with_what_they_look_like(city, datum, matched_by):
    buildings, _ = city
    assert datums(check_points(leads(buildings, datum, matched_by), buildings, WGS84)) == [
        ("G304", "wgs84", datum.name)
    ]


def test_the_warning_says_how_far_and_which_way():
    buildings = gpd.read_file(GEO / CITIES[0] / "buildings.geojson")[["geometry"]]
    inside = buildings.geometry.representative_point()
    buildings = buildings.assign(building_id=buildings.index.astype("str"), lon=inside.x, lat=inside.y)
    (issue,) = check_points(leads(buildings, GCJ02), buildings, WGS84)
    # At Lujiazui (121.50 E, 31.24 N) the published formula shifts by 426 m to the east and 220 m to the south.
    assert issue.values["east_m"] == pytest.approx(426, abs=10)
    assert issue.values["north_m"] == pytest.approx(-220, abs=10)
    assert issue.values["looks_like_percent"] > 95


def test_a_wrong_declaration_of_a_shift_is_reported_too(city):
    buildings, _ = city
    points = leads(buildings, WGS84)
    # Declared gcj02, so read as if shifted: from_wgs84 of the table gives back what stood in the file.
    points["lon"], points["lat"] = to_wgs84(points["lon"].to_numpy(), points["lat"].to_numpy(), GCJ02)
    assert datums(check_points(points, buildings, GCJ02)) == [("G304", "gcj02", "wgs84")]


def test_a_wrong_datum_is_told_from_ten_points_on_with_the_table_and_its_line_of_toml(city):
    buildings, _ = city
    assert check_points(leads(buildings, BD09, "name").head(9), buildings, WGS84, "firms", "firms.csv") == ()
    (issue,) = check_points(leads(buildings, BD09, "name").head(10), buildings, WGS84, "firms", "firms.csv")
    assert (issue.code, issue.where) == ("G304", "firms.csv")
    assert (issue.values["section"], issue.values["line"]) == ("data.datums", 'firms = "bd09"')
