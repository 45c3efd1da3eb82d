"""Footprints near points, against every distance measured."""

from __future__ import annotations

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely

from geodata.datum.convert import metre_crs
from geodata.match.spatial_index import Footprints

CRS = metre_crs(np.array([117.0]), np.array([36.65]))


@pytest.fixture
def places() -> tuple[gpd.GeoDataFrame, pd.DataFrame, np.ndarray]:
    """40 footprints, 200 points, and the distance between each two, metres."""
    chance = np.random.default_rng(5)
    x, y = chance.uniform(-2_000, 2_000, (2, 40))
    shapes = gpd.GeoSeries(shapely.box(x, y, x + 80, y + 50), crs=CRS).to_crs(4326)
    middle = shapes.representative_point()
    buildings = gpd.GeoDataFrame({"lon": middle.x, "lat": middle.y}, geometry=shapes)
    spots = gpd.GeoSeries(shapely.points(chance.uniform(-3_000, 3_000, (200, 2))), crs=CRS)
    metres = shapely.distance(spots.to_numpy()[:, None], shapes.to_crs(CRS).to_numpy()[None, :])
    at = spots.to_crs(4326).set_axis(range(7, 207))
    return buildings, pd.DataFrame({"lon": at.x, "lat": at.y}), metres


def test_the_nearest_footprint_is_that_of_all_distances(places) -> None:
    buildings, points, metres = places
    where, which = Footprints(buildings).nearest(points, 300.0)
    assert list(where) == list(np.flatnonzero(metres.min(axis=1) <= 300.0))
    assert list(which) == list(metres.argmin(axis=1)[where])


@pytest.mark.parametrize("within_m", [1.0, 60.0, 900.0])
def test_near_is_what_any_footprint_is_within_reach_of(places, within_m: float) -> None:
    buildings, points, metres = places
    near = Footprints(buildings).is_near(points, within_m)
    assert list(near) == list(metres.min(axis=1) <= within_m)
    assert list(near.index) == list(points.index)


def test_no_points_are_near_nothing(places) -> None:
    buildings, points, _ = places
    assert len(Footprints(buildings).is_near(points.iloc[:0], 60.0)) == 0
    assert len(Footprints(buildings).nearest(points.iloc[:0], 60.0)[0]) == 0
