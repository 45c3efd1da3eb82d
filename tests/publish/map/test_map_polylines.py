from __future__ import annotations

from itertools import accumulate

import pytest
from hypothesis import given
from hypothesis import strategies as st
from shapely.geometry import LineString, Point, Polygon

from sweep.publish.charts.streets_and_arrows import arrows, bearing, distance_m
from sweep.publish.map.map_polylines import encode_lines, encode_polyline, names_by_address
from sweep.records.buildings import Building

lon_lat = st.tuples(st.floats(-180, 180), st.floats(-90, 90))


def decoded(text: str) -> list[tuple[int, int]]:
    """Whole millionths (lat, lon), read bit by bit as the format's description says."""
    numbers, group = [], []
    for sign in text:
        value = ord(sign) - 63
        group.append(value & 31)
        if not value & 32:
            whole = sum(five << 5 * k for k, five in enumerate(group))
            numbers.append(-(whole >> 1) - 1 if whole & 1 else whole >> 1)
            group = []
    return list(zip(accumulate(numbers[::2]), accumulate(numbers[1::2]), strict=True))


def test_the_example_of_the_format_comes_out() -> None:
    # The format's own example has five decimals, these lines six: a tenth of its degrees gives its signs.
    points = [(-12.02, 3.85), (-12.095, 4.07), (-12.6453, 4.3252)]
    assert encode_polyline(points) == "_p~iF~ps|U_ulLnnqC_mqNvxq`@"


@given(st.lists(lon_lat, min_size=1, max_size=20))
def test_steps_add_up_without_drift(points: list[tuple[float, float]]) -> None:
    wanted = [(round(p[1] * 1e6), round(p[0] * 1e6)) for p in points]
    assert decoded(encode_polyline(points)) == [p for i, p in enumerate(wanted) if i == 0 or p != wanted[i - 1]]


def test_a_line_that_shrinks_to_a_point_is_left_out() -> None:
    assert encode_lines(LineString([(117.0, 36.0), (117.000_000_1, 36.0)])) == []


def test_a_polygon_gives_its_rings() -> None:
    hole = [(0.2, 0.2), (0.4, 0.2), (0.4, 0.4)]
    assert len(encode_lines(Polygon([(0, 0), (1, 0), (1, 1)], [hole]))) == 2


@pytest.mark.parametrize("geometry", [Point(1, 1), LineString(), Polygon()], ids=["point", "no line", "no polygon"])
def test_what_has_no_lines_gives_none(geometry: object) -> None:
    assert encode_lines(geometry) == []


@pytest.mark.parametrize(("to", "degrees"), [((0, 1), 0), ((1, 0), 90), ((0, -1), 180), ((-1, 0), 270)])
def test_bearings_turn_clockwise_from_north(to: tuple[float, float], degrees: float) -> None:
    assert bearing((0.0, 0.0), to) == pytest.approx(degrees)


def test_a_thousandth_of_a_degree_north_is_111_metres() -> None:
    assert distance_m((117.0, 36.0), (117.0, 36.001)) == pytest.approx(111.2, abs=0.1)


def test_arrows_come_every_step_and_carry_over_from_leg_to_leg() -> None:
    # Two legs of 111.2 m, an arrow at 50, 150 m: one on each leg.
    legs = [LineString([(117.0, 36.0), (117.0, 36.001)]), LineString([(117.0, 36.001), (117.0, 36.002)])]
    placed = arrows(legs, every_m=100.0)
    assert [round((lat - 36.0) * 111_195) for lat, _, _ in placed] == [50, 150]


def test_a_leg_of_no_length_has_no_arrow() -> None:
    assert arrows([LineString([(117.0, 36.0), (117.0, 36.0)])]) == []


def test_a_map_without_streets_names_those_of_three_addresses_at_the_middle_building_along_the_street() -> None:
    def at(address: str, lon: float, lat: float) -> Building:
        return Building(address, address, address, "310104", None, None, 9, 2, 5, 5_000.0, lon, lat)

    # Due east on a street, and two on another one, which are too few; of one nothing is known.
    east = [at(f"上海市徐汇区漕溪北路{n}号", 121.40 + n / 10_000, 31.2) for n in (1, 88, 3)]
    others = [at("番禺路900号", 121.3, 31.1), at("番禺路902号", 121.3, 31.3), at("", 121.0, 31.0)]
    assert names_by_address([*others, *east]) == [[31.2, 121.4003, 0.0, "漕溪北路", False]]
