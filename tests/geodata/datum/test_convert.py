import geopandas as gpd
import numpy as np
import pyproj
import pytest
import shapely
from hypothesis import assume, given
from hypothesis import strategies as st

from geodata.datum.china_outline import CHINA, in_china
from geodata.datum.convert import from_wgs84, geometry_from_wgs84, geometry_to_wgs84, metre_crs, to_wgs84
from geodata.datum.datum_names import BD09, BD09MC, CGCS2000, DATUMS, GCJ02, WGS84
from tests.paths import GEO, needs_data

FIXTURES = GEO / "datum-fixtures"
with_fixtures = needs_data(FIXTURES)

# Worked out with the published constants, six decimals; WGS-84, GCJ-02, BD-09.
VECTORS = [
    pytest.param((117.12, 36.65), (117.126128, 36.650429), (117.132533, 36.656765), id="jinan-lixia"),
    pytest.param((116.89, 36.668), (116.895551, 36.668079), (116.901968, 36.674317), id="jinan-west"),
    pytest.param((120.383, 36.066), (120.388133, 36.066276), (120.394616, 36.072310), id="qingdao-shinan"),
    pytest.param((120.468, 36.107), (120.472987, 36.107202), (120.479374, 36.113536), id="qingdao-laoshan"),
]

BORDER_TOWNS = {
    "Dandong": (124.39, 40.13),
    "Heihe": (127.5, 50.245),
    "Manzhouli": (117.43, 49.58),
    "Ruili": (97.85, 24.01),
    "Dongxing": (107.97, 21.54),
    "Erenhot": (111.97, 43.65),
    "Tashkurgan": (75.23, 37.77),
    "Fuyuan": (134.3, 48.36),
    "Hunchun": (130.37, 42.86),
    "Ji'an": (126.19, 41.12),
    "Khorgos": (80.42, 44.2),
    "Mengla": (101.56, 21.48),
    "Zhangmu": (85.98, 27.99),
    "Hong Kong": (114.17, 22.28),
    "Taipei": (121.56, 25.04),
    "Yongxing": (112.34, 16.83),
}
FOREIGN_TOWNS = {
    "Pyongyang": (125.75, 39.03),
    "Vladivostok": (131.9, 43.12),
    "Hanoi": (105.85, 21.03),
    "Almaty": (76.9, 43.25),
    "Ulaanbaatar": (106.9, 47.9),
    "Seoul": (127.0, 37.5),
    "Kathmandu": (85.32, 27.7),
    "Thimphu": (89.64, 27.47),
    "Mandalay": (96.1, 21.95),
}


def at(*point: float) -> tuple[np.ndarray, np.ndarray]:
    return np.array([point[0]]), np.array([point[1]])


def metres_apart(lon_a, lat_a, lon_b, lat_b):
    return pyproj.Geod(ellps="WGS84").inv(lon_a, lat_a, lon_b, lat_b)[2]


@pytest.mark.parametrize(("wgs84", "gcj02", "bd09"), VECTORS)
def test_the_test_vectors_come_out_to_the_last_digit(wgs84, gcj02, bd09):
    for datum, expected in ((GCJ02, gcj02), (BD09, bd09)):
        lon, lat = from_wgs84(*at(*wgs84), datum)
        assert (round(float(lon[0]), 6), round(float(lat[0]), 6)) == expected


@pytest.mark.parametrize(("wgs84", "gcj02", "bd09"), VECTORS)
def test_the_inverse_is_iterated_to_the_origin(wgs84, gcj02, bd09):
    # Six decimals in leave half of 1e-6 degrees open; one pass alone would be 0.2 to 2.2 m (2e-6 to 2e-5) off.
    for datum, point in ((GCJ02, gcj02), (BD09, bd09)):
        assert np.allclose(np.ravel(to_wgs84(*at(*point), datum)), wgs84, rtol=0, atol=1e-6)


@pytest.mark.parametrize("datum", [WGS84, CGCS2000], ids=str)
def test_wgs84_and_cgcs2000_are_left_alone(datum):
    assert to_wgs84(*at(117.12, 36.65), datum) == at(117.12, 36.65)
    assert from_wgs84(*at(117.12, 36.65), datum) == at(117.12, 36.65)


@given(st.sampled_from(DATUMS), st.floats(72, 136), st.floats(3, 55))
def test_there_and_back_is_the_same_point(datum, lon, lat):
    # Within some 1,300 m of the border the leap of the shift makes one point of two; see the notes of to_wgs84.
    assume(shapely.distance(CHINA.exterior, shapely.Point(lon, lat)) > 0.02)
    back = to_wgs84(*from_wgs84(*at(lon, lat), datum), datum)
    assert np.allclose(np.ravel(back), (lon, lat), rtol=0, atol=1e-6)


@pytest.mark.parametrize("datum", [GCJ02, BD09], ids=str)
@pytest.mark.parametrize("town", FOREIGN_TOWNS)
def test_a_foreign_town_is_not_moved(town, datum):
    point = at(*FOREIGN_TOWNS[town])
    assert from_wgs84(*point, datum) == point
    assert to_wgs84(*point, datum) == point


@pytest.mark.parametrize("town", BORDER_TOWNS)
def test_a_border_town_is_inside(town):
    assert in_china(*at(*BORDER_TOWNS[town]))


@pytest.mark.parametrize("datum", DATUMS, ids=str)
def test_nan_and_infinity_come_out_as_nan_and_spoil_no_other_point(datum):
    lon, lat = np.array([np.nan, 117.12, np.inf, 117.12]), np.array([36.65, np.nan, 36.65, 36.65])
    there = from_wgs84(lon, lat, datum)
    assert there[0][3] == from_wgs84(*at(117.12, 36.65), datum)[0][0]
    for new_lon, new_lat in (there, to_wgs84(*there, datum), to_wgs84(lon, lat, datum)):
        assert np.isnan(new_lon[:3]).all()
        assert np.isnan(new_lat[:3]).all()
    assert np.isfinite(to_wgs84(*there, datum)).T[3].all()
    assert np.isinf(lon[2]), "the input is never changed"


@pytest.mark.parametrize("datum", DATUMS, ids=str)
def test_no_points_give_no_points(datum):
    none = np.zeros(0)
    assert [a.shape for a in (*to_wgs84(none, none, datum), *from_wgs84(none, none, datum))] == [(0,)] * 4


@pytest.mark.slow
def test_a_million_points_come_back_to_the_last_digits():
    chance = np.random.default_rng(3)
    lon, lat = chance.uniform(98, 119, 10**6), chance.uniform(28, 42, 10**6)
    for datum in (GCJ02, BD09, BD09MC):
        back = to_wgs84(*from_wgs84(lon, lat, datum), datum)
        assert max(np.abs(back[0] - lon).max(), np.abs(back[1] - lat).max()) <= 1e-6


def test_different_shapes_are_refused():
    with pytest.raises(ValueError, match=r"one shape, got \(2,\) and \(1,\)"):
        from_wgs84(np.zeros(2), np.zeros(1), GCJ02)


def test_a_polygon_moves_point_by_point_and_keeps_its_index():
    series = gpd.GeoSeries([shapely.box(117.12, 36.65, 117.13, 36.66), None], index=[7, 9])
    moved = geometry_to_wgs84(geometry_from_wgs84(series, BD09), BD09)
    assert list(moved.index) == [7, 9]
    assert moved.crs == "EPSG:4326"
    assert moved[9] is None
    assert moved[7].equals_exact(series[7], tolerance=1e-9)


def test_a_shifted_geometry_does_not_pretend_to_be_wgs84():
    series = gpd.GeoSeries([shapely.Point(117.12, 36.65)], crs="EPSG:4326")
    shifted = geometry_from_wgs84(series, GCJ02)
    assert shifted.crs is None
    assert (round(shifted[0].x, 6), round(shifted[0].y, 6)) == (117.126128, 36.650429)


def test_the_metric_projection_measures_metres():
    # A degree of the meridian at 36.6 N: 111132.95 - 559.82 cos(73.2 deg) + 1.18 cos(146.4 deg) = 110,970 m.
    lon, lat = np.array([117.0, 117.0, np.nan]), np.array([36.595, 36.605, 36.6])
    to_metres = pyproj.Transformer.from_crs("EPSG:4326", metre_crs(lon, lat), always_xy=True)
    x, y = to_metres.transform(lon[:2], lat[:2])
    assert y[1] - y[0] == pytest.approx(1109.70, abs=0.02)
    assert np.allclose([x[0], y[0] + y[1]], 0, atol=0.01), "the middle of the points is the origin"


def test_a_projection_needs_a_point():
    with pytest.raises(ValueError, match="one finite point, got none in 1"):
        metre_crs(np.array([np.nan]), np.array([36.0]))


@pytest.fixture(scope="module")
def control_points():
    return np.loadtxt(FIXTURES / "amap_control_points_gcps_gd.csv", delimiter=",")[:, :4].T


@with_fixtures
def test_exactly_the_points_that_amap_shifts_are_inside(control_points):
    lon, lat, amap_lon, amap_lat = control_points
    shifted = (lon != amap_lon) | (lat != amap_lat)
    assert (shifted.sum(), (~shifted).sum()) == (1329, 2181)
    assert np.array_equal(in_china(lon, lat), shifted)


@with_fixtures
def test_no_unshifted_control_point_is_moved_either_way(control_points):
    lon, lat, amap_lon, amap_lat = control_points
    kept = (lon == amap_lon) & (lat == amap_lat)
    for change in (to_wgs84, from_wgs84):
        new_lon, new_lat = change(lon[kept], lat[kept], GCJ02)
        assert np.array_equal(new_lon, lon[kept])
        assert np.array_equal(new_lat, lat[kept])


@with_fixtures
def test_amap_is_met_within_0_6_m_in_shandong_both_ways(control_points):
    lon, lat, amap_lon, amap_lat = control_points[:, _in_shandong(control_points)]
    assert len(lon) == 50
    assert metres_apart(*from_wgs84(lon, lat, GCJ02), amap_lon, amap_lat).max() <= 0.6
    assert metres_apart(*to_wgs84(amap_lon, amap_lat, GCJ02), lon, lat).max() <= 0.6


def _in_shandong(points):
    return (points[0] >= 114) & (points[0] <= 123.2) & (points[1] >= 34) & (points[1] <= 39)


@with_fixtures
def test_the_published_pairs_come_out():
    # Left out: pairs marked suspect, pairs of a one-step inverse. The one published
    # inverse of BD-09 is one-step as well, good to 2e-6 degrees.
    pairs = np.genfromtxt(
        FIXTURES / "pairs.csv", delimiter=",", dtype=None, encoding="utf-8", names=True, usecols=range(5)
    )
    by_name = {datum.name: datum for datum in DATUMS}
    n_checked = 0
    for op, *numbers in pairs.tolist():
        origin, _, target = op.partition("->")
        if {origin, target} <= set(by_name):
            got = from_wgs84(*to_wgs84(*at(*numbers[:2]), by_name[origin]), by_name[target])
            assert np.allclose(np.ravel(got), numbers[2:], rtol=0, atol=2e-6), op
            n_checked += 1
    assert n_checked == 18
