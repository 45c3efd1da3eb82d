"""The layers of the ground: each district is the place of the points nearest to its centre."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest
import shapely

from sweep.made_up.gis_layers import district_outlines
from sweep.made_up.places.city_projection import to_lonlat
from sweep.made_up.settings.city import SyntheticCitySettings
from sweep.made_up.settings.places import DISTRICTS

SETTINGS = SyntheticCitySettings(seed=1, day=date(2026, 9, 16))


@pytest.mark.parametrize("n", [1, 2, 4])
def test_a_centre_lies_in_its_own_district_and_the_districts_fill_the_ground(n: int) -> None:
    settings = replace(SETTINGS, districts=DISTRICTS[:n])
    outlines = district_outlines(settings)
    assert list(outlines["division_code"]) == [d.code for d in DISTRICTS[:n]]
    for district, outline in zip(DISTRICTS, outlines.geometry, strict=False):
        ((lon, lat),) = to_lonlat(settings, shapely.get_coordinates(shapely.Point(district.x_m, district.y_m)))
        assert shapely.contains_xy(outline, lon, lat), district.code
    # 56 x 40 streets of 250 m, and a kilometre more on each side: 16 x 12 km.
    shapes = outlines.to_crs("EPSG:32650").geometry.values
    assert shapely.area(shapes).sum() / 1e6 == pytest.approx(16 * 12, rel=0.01)
    assert shapely.area(shapely.union_all(shapes)) == pytest.approx(shapely.area(shapes).sum())
