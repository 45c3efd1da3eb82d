"""Ways along streets that are only drawn."""

from __future__ import annotations

import geopandas as gpd
import pytest
import shapely

from geodata.roads.paths_along_drawn_streets import along_streets

# A square of 0.01 degrees with its corners at A, B, C and D, anticlockwise from the south-west, and a lane far off.
A, B, C, D = (117.00, 36.60), (117.01, 36.60), (117.01, 36.61), (117.00, 36.61)


def streets(*lines: list[tuple[float, float]], oneway: tuple[int, ...] = ()) -> gpd.GeoDataFrame:
    is_oneway = [k in oneway for k in range(len(lines))]
    return gpd.GeoDataFrame({"is_oneway": is_oneway}, geometry=[shapely.LineString(x) for x in lines], crs=4326)


def nodes(line: shapely.LineString) -> list[tuple[float, float]]:
    return [(x, y) for x, y in line.coords][1:-1]


def test_a_way_goes_along_the_streets_that_are_shortest() -> None:
    # East to west is shorter than south to north here: a degree of longitude is 0.8 of one of latitude.
    there, back = along_streets(streets([A, B], [B, C], [C, D], [D, A]), [(A, (117.0101, 36.6001)), (A, C)])
    assert nodes(there) == [A, B]
    assert list(there.coords)[-1] == (117.0101, 36.6001)
    assert nodes(back) in ([A, B, C], [A, D, C])


def test_a_one_way_street_is_driven_in_its_direction_alone() -> None:
    ring = streets([A, B], [B, C], [C, D], [D, A], oneway=(0, 1, 2, 3))
    there, back = along_streets(ring, [(A, B), (B, A)])
    assert (nodes(there), nodes(back)) == ([A, B], [B, C, D, A])


def test_a_lane_that_is_cut_off_leads_nowhere() -> None:
    lane = [(117.001, 36.6005), (117.002, 36.6005)]
    (line,) = along_streets(streets([A, B], [B, C], [C, D], [D, A], lane), [((117.0011, 36.6006), B)])
    assert nodes(line) == [A, B]


def test_a_stretch_that_two_streets_share_is_as_long_as_it_is() -> None:
    # Counted twice, the way by D and C would be the shorter one.
    twice = streets([A, B], [A, B], [A, B], [A, B], [B, C], [C, D], [D, A])
    assert nodes(along_streets(twice, [(A, B)])[0]) == [A, B]


@pytest.mark.parametrize("drawn", [streets(), streets([A, D])], ids=["no street", "one corner for both"])
def test_without_streets_between_them_a_way_is_straight(drawn: gpd.GeoDataFrame) -> None:
    ends = [(117.001, 36.6001), (117.0011, 36.6002)]
    assert list(along_streets(drawn, [(ends[0], ends[1])])[0].coords) == ends
