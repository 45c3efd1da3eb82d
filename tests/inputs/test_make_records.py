"""What a building without a name is called."""

from __future__ import annotations

import geopandas as gpd
import shapely

from sweep.inputs.make_records import place_names

# Footprints at 117.000, 117.001, 117.002 and 117.100 E; the street runs along 36.601 N from 117.000 to 117.004 E.
WEST = (117.000, 117.001, 117.002, 117.100)
BUILDINGS = gpd.GeoDataFrame(
    {
        "building_id": ["B1", "B2", "B3", "B4"],
        "building_name": ["银河大厦", None, None, None],
        "address": ["泉城路1号", "泉城路2号", None, None],
        "lon": WEST,
        "lat": 36.6,
    },
    geometry=[shapely.box(west, 36.6, west + 0.0002, 36.6002) for west in WEST],
    crs=4326,
)
STREETS = gpd.GeoDataFrame(
    {"street_name": ["泉城路", None]},
    geometry=[
        shapely.LineString([(117.0, 36.601), (117.004, 36.601)]),
        shapely.LineString([(117.0, 36.6), (117.2, 36.6)]),
    ],
    crs=4326,
)


def test_name_then_address_then_street_then_id() -> None:
    assert list(place_names(BUILDINGS, STREETS)) == ["银河大厦", "泉城路2号", "泉城路 B3", "B4"]


def test_without_streets_the_id_is_left() -> None:
    assert list(place_names(BUILDINGS, STREETS.iloc[:0])) == ["银河大厦", "泉城路2号", "B3", "B4"]
