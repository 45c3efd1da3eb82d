"""A map of OpenStreetMap as a raw table."""

from __future__ import annotations

from pathlib import Path

import geopandas as gpd
import shapely

from sweep.inputs.osm_map import raw_osm_table


def test_numbers_of_persons_are_taken_out_of_the_names_of_a_map(tmp_path: Path) -> None:
    path = tmp_path / "city.osm"
    path.write_bytes(b"x")
    columns = {"building_id": ["w13800138000"], "building_name": ["舜耕大厦 138.0013.8007"], "address": ["泉城路1号"]}
    found = gpd.GeoDataFrame(columns, geometry=[shapely.box(117, 36, 117.001, 36.001)], crs="EPSG:4326")
    raw = raw_osm_table(path, found)
    assert raw.frame.drop(columns="geometry").iloc[0].tolist() == ["w13800138000", "舜耕大厦", "泉城路1号"]
    assert raw.repairs == {"mobile_number": 1}
