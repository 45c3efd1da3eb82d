"""The length of a degree for drawings, against the ellipsoid."""

from __future__ import annotations

import pyproj
import pytest

from geodata.datum.degree_lengths import METRES_PER_DEGREE


@pytest.mark.parametrize("lat", [18.0, 36.6, 53.5])
def test_a_degree_of_latitude_is_within_half_a_percent_in_china(lat: float) -> None:
    length_m = pyproj.Geod(ellps="WGS84").inv(117.0, lat - 0.5, 117.0, lat + 0.5)[2]
    assert pytest.approx(length_m, rel=0.005) == METRES_PER_DEGREE
