"""Projected datums: any EPSG code, the zones of CGCS2000, and which way round a pair stands."""

import numpy as np
import pyproj
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from geodata.datum import bd09mc
from geodata.datum.convert import from_wgs84, is_swapped, to_wgs84
from geodata.datum.datum_names import BD09MC, BY_ZONE, GCJ02, WGS84, Datum, DatumError, parse_datum


def at(*point: float) -> tuple[np.ndarray, np.ndarray]:
    return np.array([point[0]]), np.array([point[1]])


def grid(code: int) -> Datum:
    return parse_datum(f"epsg:{code}")


@pytest.mark.parametrize(
    ("written", "name"),
    [
        ("WGS-84", "wgs84"),
        ("EPSG:4326", "wgs84"),
        ("epsg:4490", "cgcs2000"),
        ("GCJ-02", "gcj02"),
        ("gcj02ll", "gcj02"),
        ("高德", "gcj02"),
        ("BD-09", "bd09"),
        ("bd09mc", "bd09mc"),
        ("EPSG:4548", "epsg:4548"),
        ("urn:ogc:def:crs:EPSG::4548", "epsg:4548"),
        ("CGCS2000 3deg", "cgcs2000-3deg"),
    ],
)
def test_a_datum_goes_by_many_names(written, name):
    assert parse_datum(written).name == name


@pytest.mark.parametrize(
    ("written", "key", "problem"),
    [
        ("mars", "datum", "must be one of wgs84, .*EPSG:<code>"),
        ("EPSG:999999", "no_code", "no such code"),
        ("EPSG:4978", "not_flat", "it is WGS 84, not degrees or metres on a plane"),
        ("EPSG:5773", "not_flat", "not degrees or metres on a plane"),
        ("济南独立坐标系", "own_grid", "parameters of a city's own grid are not public"),
        ("Qingdao local grid", "own_grid", "parameters of a city's own grid are not public"),
    ],
)
def test_a_name_that_is_no_datum_is_refused_with_the_reason(written, key, problem):
    with pytest.raises(DatumError, match=f"datum '{written}': .*{problem}") as caught:
        parse_datum(written)
    assert (caught.value.key, caught.value.values["got"]) == (key, repr(written))


def test_a_zone_is_met_with_and_without_its_number():
    # On its own meridian an easting is the false easting; a degree of it at 36 N is 90.2 km.
    east, north = from_wgs84(*at(117.0, 36.0), grid(4548))
    assert east[0] == pytest.approx(500_000, abs=1e-3)
    assert from_wgs84(*at(117.0, 36.0), grid(4527))[0][0] == pytest.approx(39_500_000, abs=1e-3)
    for datum in (grid(4548), grid(4527), grid(4509), grid(4498)):
        for number in (0, 39_000_000):
            assert np.ravel(to_wgs84(east + number, north, datum)) == pytest.approx([117.0, 36.0], abs=1e-9)


def test_the_number_of_an_easting_goes_before_that_of_the_code():
    # Zone 40 is round 120 E, where zone 20 of six degrees is round 117.
    east, north = from_wgs84(*at(120.2, 36.0), grid(4549))
    assert np.ravel(to_wgs84(east + 40e6, north, grid(4548))) == pytest.approx([120.2, 36.0], abs=1e-9)
    east, north = from_wgs84(*at(117.0, 36.0), grid(4509))
    assert np.ravel(to_wgs84(east + 20e6, north, grid(4548))) == pytest.approx([117.0, 36.0], abs=1e-9)


def test_codes_other_than_cgcs2000_zones_are_left_to_pyproj():
    x, y = pyproj.Transformer.from_crs(4326, 32650, always_xy=True).transform(117.0, 36.0)
    assert np.ravel(to_wgs84(*at(x, y), grid(32650))) == pytest.approx([117.0, 36.0], abs=1e-9)


@given(st.sampled_from([grid(4548), grid(4527), grid(4547), BY_ZONE, grid(32650), grid(3857)]),
       st.floats(114.5, 119.5), st.floats(20, 50))  # fmt: skip
def test_metres_and_back_is_the_same_point(datum, lon, lat):
    back = to_wgs84(*from_wgs84(*at(lon, lat), datum), datum)
    assert np.allclose(np.ravel(back), (lon, lat), rtol=0, atol=1e-6)


@settings(deadline=None)  # the first call compiles
@given(st.floats(-74, 74), st.floats(-180, 180))
def test_baidus_metres_and_back_is_the_same_point(lat, lon):
    assert np.allclose(np.ravel(bd09mc.to_degrees(*bd09mc.to_metres(*at(lon, lat)))), (lon, lat), rtol=0, atol=1e-6)


@given(st.sampled_from([WGS84, GCJ02, BD09MC, grid(4548), grid(4527), BY_ZONE]),
       st.floats(115.6, 118.4), st.floats(23, 49))  # fmt: skip
def test_a_pair_the_wrong_way_round_is_known_and_one_the_right_way_is_left(datum, lon, lat):
    x, y = from_wgs84(*at(lon, lat), datum)
    assert not is_swapped(x, y, datum)[0]
    assert is_swapped(y, x, datum)[0]


def test_a_missing_pair_is_not_swapped():
    assert not is_swapped(*at(np.nan, 36.0), grid(4548))[0]
