"""Water from a table: areas and lines of any format, in any datum, and what is neither is set aside."""

from __future__ import annotations

from pathlib import Path

import geopandas as gpd
import numpy as np
import pytest
import shapely

from geodata.clean.streets_and_water import clean_water
from geodata.datum.convert import from_wgs84
from geodata.datum.datum_names import GCJ02, WGS84, Datum
from geodata.read.read_table import read_table

LAKE = shapely.box(117.00, 36.60, 117.01, 36.61)
RIVER = shapely.LineString([(117.0, 36.6), (117.02, 36.62)])
BOW_TIE = shapely.Polygon([(117, 36.6), (117.01, 36.61), (117.01, 36.6), (117, 36.61)])


def cleaned(path: Path, *shapes: shapely.Geometry, datum: Datum = WGS84):
    gpd.GeoDataFrame({"name": "湖"}, index=range(len(shapes)), geometry=list(shapes), crs=4326).to_file(path)
    return clean_water(read_table(path, "water"), datum)


@pytest.mark.parametrize("name", ["lakes.shp", "lakes.geojson", "lakes.gpkg"])
def test_areas_of_any_format_are_water(tmp_path: Path, name: str) -> None:
    outcome = cleaned(tmp_path / name, LAKE)
    assert outcome.table.geometry.iloc[0].equals(LAKE)
    assert outcome.quarantine.empty


def test_a_point_and_a_lake_outside_china_are_set_aside(tmp_path: Path) -> None:
    outcome = cleaned(tmp_path / "a.geojson", LAKE, shapely.Point(117, 36.6), RIVER, shapely.box(0, 0, 1, 1))
    assert [g.geom_type for g in outcome.table.geometry] == ["Polygon", "LineString"]
    assert list(outcome.quarantine["code"]) == ["G227", "G227"]


def test_an_outline_that_crosses_itself_keeps_its_two_halves(tmp_path: Path) -> None:
    # Two triangles of 0.01 by 0.005 degrees.
    (shape,) = cleaned(tmp_path / "a.geojson", BOW_TIE).table.geometry
    assert shape.is_valid
    assert shape.area == pytest.approx(2 * 0.01 * 0.005 / 2)


def test_water_in_gcj02_comes_back_to_where_it_is(tmp_path: Path) -> None:
    moved = shapely.transform(RIVER, lambda xy: np.column_stack(from_wgs84(xy[:, 0], xy[:, 1], GCJ02)))
    (shape,) = cleaned(tmp_path / "a.geojson", moved, datum=GCJ02).table.geometry
    assert shape.equals_exact(RIVER, 1e-7)
