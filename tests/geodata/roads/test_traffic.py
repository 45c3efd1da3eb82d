"""Slower streets at certain hours, and short ways on foot."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
import shapely

from geodata.roads.drive_or_walk import CarAndFoot
from geodata.roads.engine_files import traffic_profile
from geodata.roads.travel_modes import UNREACHABLE, TravelTable, build_network
from sweep.scenario.road_settings import Roads

# A primary street of 0.01 degrees of the parallel at 36.6 N, 893 m, then a residential one as long, limits 60 and 30.
# The car profile takes 0.8 of a limit: 893 m at 13.33 m/s = 67.0 s, and 893 m at 6.67 m/s = 133.9 s.
STREETS = """<osm version="0.6">
<node id="1" version="1" lon="117.00" lat="36.60"/><node id="2" version="1" lon="117.01" lat="36.60"/>
<node id="3" version="1" lon="117.02" lat="36.60"/>
<way id="10" version="1"><nd ref="1"/><nd ref="2"/><tag k="highway" v="primary"/><tag k="maxspeed" v="60"/></way>
<way id="11" version="1"><nd ref="2"/><nd ref="3"/><tag k="highway" v="residential"/><tag k="maxspeed" v="30"/></way>
</osm>"""
LON, LAT = np.array([117.00, 117.01, 117.02]), np.full(3, 36.60)


def times(tmp_path, slower):
    path = tmp_path / "streets.osm"
    path.write_text(STREETS)
    table = build_network(path, tmp_path / "cache", slower=slower).table(LON, LAT)
    return [int(table.duration_s[0, 1]), int(table.duration_s[1, 2])], table.distance_m


@pytest.mark.parametrize(
    ("slower", "seconds"),
    [
        (None, [67, 134]),
        ({"primary": 2.0}, [134, 134]),
        ({"primary": 1.5, "other": 1.25}, [100, 167]),
        ({"other": 0.5}, [67, 67]),
        ({"motorway": 3.0}, [67, 134]),
    ],
    ids=["free", "one class", "two classes", "faster", "another class"],
)
def test_a_factor_multiplies_the_time_on_streets_of_its_class(tmp_path, slower, seconds):
    found, _ = times(tmp_path, slower)
    assert found == pytest.approx(seconds, abs=1)


def test_traffic_leaves_distances_alone(tmp_path):
    free, slow = times(tmp_path, None)[1], times(tmp_path, {"primary": 2.0})[1]
    assert (free == slow).all()


@pytest.mark.parametrize("factors", [{"alley": 2.0}, {"primary": 0.0}], ids=["no such class", "no time"])
def test_factors_without_a_sense_are_refused(tmp_path, factors):
    with pytest.raises(ValueError, match="factors must be > 0"):
        traffic_profile(tmp_path / "car.lua", factors)


def roads(*periods):
    return Roads.model_validate({"periods": periods})


MORNING = {"from_s": 25_200, "until_s": 32_400, "factors": {"primary": 2.0}}  # 07:00-09:00
EVENING = {"from_s": 61_200, "until_s": 68_400, "factors": {"primary": 1.8, "other": 1.2}}  # 17:00-19:00


@pytest.mark.parametrize(
    ("shift_s", "factors"),
    [
        ((36_000, 43_200), {}),
        ((25_200, 32_400), {"primary": 2.0}),
        # 13:30-17:30 has half an hour of four in the evening: 1 + 0.8 / 8 and 1 + 0.2 / 8.
        ((48_600, 63_000), {"other": 1.025, "primary": 1.1}),
        # 21:00-08:00 has the first of the two morning hours of the next day, one of eleven: 1 + 1 / 11.
        ((75_600, 115_200), {"primary": 1.0909}),
    ],
    ids=["free hours", "all of it", "an eighth of it", "the next morning"],
)
def test_a_shift_has_the_mean_of_its_hours(shift_s, factors):
    assert roads(MORNING, EVENING).factors(shift_s) == factors


@pytest.mark.parametrize(
    ("periods", "message"),
    [
        ([MORNING, {**MORNING, "from_s": 30_000}], "must not overlap"),
        ([MORNING, {**MORNING, "from_s": 111_600, "until_s": 118_800}], "must not overlap"),
        ([{**MORNING, "until_s": 25_200}], "until must be later"),
        ([{**MORNING, "factors": {"alley": 2.0}}], "alley"),
        ([{**MORNING, "factors": {"primary": 9.0}}], "less than or equal to 5"),
    ],
    ids=["overlap", "the same hours of the next day", "empty", "no such class", "too slow"],
)
def test_periods_without_a_sense_are_refused(periods, message):
    with pytest.raises(ValueError, match=message):
        roads(*periods)


class Fixed:
    """Travel with a table from paper; its lines bear its mark as their height."""

    def __init__(self, duration_s, distance_m, mark):
        none = np.zeros(len(duration_s))
        self.answer = TravelTable(np.array(duration_s), np.array(distance_m), none, "road")
        self.mark = mark

    def table(self, lon, lat):
        return self.answer

    def line(self, lon, lat):
        return (shapely.LineString([(lon[0], lat[0], self.mark), (lon[1], lat[1], self.mark)]),)


# Three places: 1 is 200 m from 0, 2 is 600 m from 1; the car has no way from 1 to 2.
CAR = Fixed([[0, 60, 90], [60, 0, UNREACHABLE], [90, 80, 0]], [[0, 400, 700], [400, 0, UNREACHABLE], [700, 600, 0]], 1)
FOOT = Fixed([[0, 144, 576], [144, 0, 432], [576, 432, 0]], [[0, 200, 800], [200, 0, 600], [800, 600, 0]], 2)


def test_the_quicker_of_driving_with_parking_and_walking_counts():
    table = CarAndFoot(CAR, FOOT, parking_s=180, walk_within_m=1_000).table(LON, LAT)
    # 0 to 1: 60 + 180 by car, 144 on foot. 0 to 2: 90 + 180 by car. 1 to 2: on foot only. 2 to 1: 80 + 180 by car.
    assert table.duration_s.tolist() == [[0, 144, 270], [144, 0, 432], [270, 260, 0]]
    assert table.distance_m.tolist() == [[0, 200, 700], [200, 0, 600], [700, 600, 0]]
    assert table.method == "road_and_foot"


def test_a_longer_way_than_the_longest_is_not_walked():
    table = CarAndFoot(CAR, FOOT, parking_s=180, walk_within_m=199).table(LON, LAT)
    assert table.duration_s.tolist() == [[0, 240, 270], [240, 0, UNREACHABLE], [270, 260, 0]]


def test_the_way_from_the_door_to_the_pavement_is_walked_too():
    # Doors 50, 0 and 20 m off: 50 m at 5 km/h are 36 s more from 0 to 1, and 70 m are 50 s from 0 to 2.
    foot = Fixed(FOOT.answer.duration_s, FOOT.answer.distance_m, 2)
    foot.answer = replace(foot.answer, snap_m=np.array([50.0, 0.0, 20.0]))
    table = CarAndFoot(CAR, foot, parking_s=600, walk_within_m=1_000).table(LON, LAT)
    assert table.duration_s[0].tolist() == [0, 180, 626]
    assert table.distance_m[0].tolist() == [0, 250, 870]


def test_each_leg_is_drawn_the_way_it_is_travelled():
    lines = CarAndFoot(CAR, FOOT, parking_s=180, walk_within_m=300).line(LON, LAT)
    assert [shapely.get_z(shapely.get_point(line, 0)) for line in lines] == [2, 1]


def test_a_negative_parking_time_is_refused():
    with pytest.raises(ValueError, match="must be >= 0"):
        CarAndFoot(CAR, FOOT, -1, 100)
