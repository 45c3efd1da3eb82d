from concurrent.futures import ThreadPoolExecutor
from itertools import pairwise

import numpy as np
import pytest

from geodata.errors import InputError
from geodata.message_catalogue import LANGUAGES, load_texts
from geodata.read.osm.buildings_and_streets import read_osm_streets
from geodata.roads import engine_files
from geodata.roads.travel_modes import (
    UNREACHABLE,
    StraightLines,
    build_network,
    cut_off_from_roads,
    far_from_roads,
)
from tests.paths import GEO, needs_data

BEIJING = GEO / "osm-cn-beijing-cau" / "map.osm"
with_beijing = needs_data(BEIJING)

# A square of streets, south side one way to the east, and a street of its own 5 km to the north:
#
#   6 -- 7      36.65
#
#   4 -- 3      36.61
#   |    |
#   1 -> 2      36.60
# 117.00 117.01
#
# Sides: 0.01 degrees of the meridian = 1,112 m; of the parallel at 36.6 N, x cos(36.6) = 0.8028, 893 m.
# All may drive 60 km/h; the car profile takes 0.8 of it, 48 km/h = 13.33 m/s. Nodes join two streets only, so no turn
# costs time.
SQUARE = """<osm version="0.6">
<node id="1" version="1" lon="117.00" lat="36.60"/><node id="2" version="1" lon="117.01" lat="36.60"/>
<node id="3" version="1" lon="117.01" lat="36.61"/><node id="4" version="1" lon="117.00" lat="36.61"/>
<node id="6" version="1" lon="117.00" lat="36.65"/><node id="7" version="1" lon="117.01" lat="36.65"/>
<way id="10" version="1"><nd ref="1"/><nd ref="2"/>
 <tag k="highway" v="secondary"/><tag k="maxspeed" v="60"/><tag k="oneway" v="yes"/></way>
<way id="11" version="1"><nd ref="2"/><nd ref="3"/><nd ref="4"/><nd ref="1"/>
 <tag k="highway" v="secondary"/><tag k="maxspeed" v="60"/></way>
<way id="12" version="1"><nd ref="6"/><nd ref="7"/><tag k="highway" v="secondary"/><tag k="maxspeed" v="60"/></way>
</osm>"""


WEST, EAST, NORTH, FAR_SOUTH = (117.002, 36.60), (117.008, 36.60), (117.005, 36.65), (117.005, 36.59)


@pytest.fixture(scope="module")
def square_file(tmp_path_factory):
    path = tmp_path_factory.mktemp("square") / "square.osm"
    path.write_text(SQUARE)
    return path


@pytest.fixture(scope="module")
def square(square_file, tmp_path_factory):
    return build_network(square_file, tmp_path_factory.mktemp("cache"))


def places(*points):
    lon, lat = np.array(points, dtype=np.float64).reshape(-1, 2).T
    return lon, lat


def test_along_the_one_way_street_the_way_is_straight(square):
    table = square.table(*places(WEST, EAST))
    # 0.006 degrees x 111,195 m x 0.8028 = 535.6 m; / 13.33 m/s = 40.2 s.
    assert table.distance_m[0, 1] == pytest.approx(536, abs=2)
    assert table.duration_s[0, 1] == pytest.approx(40, abs=1)


def test_against_the_one_way_street_the_way_is_round_the_block(square):
    table = square.table(*places(WEST, EAST))
    # All round, 2 x (893 + 1,112) = 4,009 m, less 536 m = 3,473 m; / 13.33 m/s = 260.5 s.
    assert table.distance_m[1, 0] == pytest.approx(3473, abs=10)
    assert table.duration_s[1, 0] == pytest.approx(260, abs=2)


def test_a_table_is_whole_numbers_with_a_zero_diagonal(square):
    table = square.table(*places(WEST, EAST))
    assert (table.duration_s.dtype, table.distance_m.dtype, table.snap_m.dtype) == (np.int64, np.int64, np.float64)
    assert np.diag(table.duration_s).tolist() == np.diag(table.distance_m).tolist() == [0, 0]
    assert table.method == "road"


def test_a_pair_with_no_road_is_unreachable_and_reported(square):
    table = square.table(*places(WEST, EAST, NORTH))
    assert table.duration_s[0, 2] == table.duration_s[2, 0] == UNREACHABLE
    assert table.distance_m[0, 2] == table.distance_m[2, 0] == UNREACHABLE
    assert table.duration_s[0, 1] < UNREACHABLE
    (issue,) = cut_off_from_roads(table, ["west", "east", "north"])
    assert (issue.code, issue.where, dict(issue.values)) == ("G302", "north", {"n_lost": 2, "n_others": 2})


def test_a_place_far_from_every_road_is_reported_in_both_languages(square):
    table = square.table(*places(WEST, FAR_SOUTH))
    # 0.01 degrees of the meridian.
    assert table.snap_m == pytest.approx([0, 1112], abs=3)
    assert square.snap_m(*places(WEST, FAR_SOUTH)).tolist() == table.snap_m.tolist()
    (issue,) = far_from_roads(table.snap_m, ["west", "far south"])
    assert (issue.code, issue.where) == ("G301", "far south")
    for lang in LANGUAGES:
        assert "111" in issue.what(load_texts(lang, ("geodata",)))


@pytest.mark.parametrize("snap_m", [0.0, 500.0], ids=["on", "at-the-limit"])
def test_a_place_within_500_m_of_a_road_is_not_reported(snap_m):
    assert far_from_roads(np.array([snap_m]), ["here"]) == ()


@pytest.mark.parametrize("n", [0, 1], ids=["none", "one"])
def test_no_place_and_one_place_have_a_table_and_no_line(square, n):
    for travel in (square, StraightLines(25, 1.4)):
        lon, lat = places(*[WEST] * n)
        table = travel.table(lon, lat)
        assert table.duration_s.tolist() == table.distance_m.tolist() == [[0]] * n
        assert table.snap_m.shape == (n,)
        assert travel.line(lon, lat) == ()
        assert cut_off_from_roads(table, ["here"] * n) == ()


def test_the_line_follows_the_streets(square):
    there, back = square.line(*places(WEST, EAST, WEST))
    assert np.allclose(there.coords, [WEST, EAST], rtol=0, atol=1e-6)
    corners = [(117.01, 36.60), (117.01, 36.61), (117.00, 36.61), (117.00, 36.60)]
    assert np.allclose(back.coords, [EAST, *corners, WEST], rtol=0, atol=1e-6)


def test_the_line_of_a_leg_without_a_way_is_straight(square):
    (leg,) = square.line(*places(WEST, NORTH))
    assert list(leg.coords) == [WEST, NORTH]


def test_a_place_visited_twice_in_a_row_has_a_line_of_no_length(square):
    (leg,) = square.line(*places(WEST, WEST))
    assert leg.length == 0


@pytest.mark.parametrize("value", [np.nan, np.inf])
def test_a_place_without_coordinates_is_refused(square, value):
    for travel in (square, StraightLines(25, 1.4)):
        with pytest.raises(ValueError, match=r"place 1 is \((nan|inf), 36\.6\)"):
            travel.table(*places(WEST, (value, 36.6)))


def test_different_shapes_are_refused(square):
    with pytest.raises(ValueError, match=r"one shape \(n,\), got \(2,\) and \(1,\)"):
        square.table(np.zeros(2), np.zeros(1))


def test_straight_lines_are_lengthened_by_the_factor():
    table = StraightLines(speed_kmh=36, detour_factor=1.5).table(*places((117.0, 36.595), (117.0, 36.605)))
    # A degree of the meridian is 110,970 m here: 1,109.7 m x 1.5 = 1,664.6 m; at 10 m/s 166 s.
    assert table.distance_m.tolist() == [[0, 1665], [1665, 0]]
    assert table.duration_s.tolist() == [[0, 166], [166, 0]]
    assert table.snap_m.tolist() == [0, 0]
    assert table.method == "straight_line"


def test_straight_lines_are_drawn_straight():
    (leg,) = StraightLines(25, 1.4).line(*places(WEST, EAST))
    assert list(leg.coords) == [WEST, EAST]


@pytest.mark.parametrize(
    ("speed_kmh", "detour_factor", "message"),
    [
        pytest.param(0, 1.4, "speed_kmh must be > 0, got 0", id="speed"),
        pytest.param(25, 0.9, "detour_factor must be >= 1, got 0.9", id="factor"),
        pytest.param(np.nan, 1.4, "speed_kmh must be > 0, got nan", id="nan"),
    ],
)
def test_straight_lines_without_a_sense_are_refused(speed_kmh, detour_factor, message):
    with pytest.raises(ValueError, match=message):
        StraightLines(speed_kmh, detour_factor)


def test_the_engine_prints_nothing(square_file, tmp_path, capfd):
    build_network(square_file, tmp_path).table(*places(WEST, NORTH))
    assert capfd.readouterr() == ("", "")


def test_the_second_time_nothing_is_built(square_file, tmp_path, monkeypatch):
    first = engine_files.build_roads(square_file, tmp_path)
    monkeypatch.setattr(engine_files, "_build", lambda *_: pytest.fail("built again"))
    assert engine_files.build_roads(square_file, tmp_path) == first


def test_another_content_is_another_entry(square_file, tmp_path):
    changed = tmp_path / "square.osm"
    changed.write_text(SQUARE.replace('v="60"', 'v="50"'))
    cache = tmp_path / "cache"
    assert engine_files.build_roads(square_file, cache) != engine_files.build_roads(changed, cache)


def test_a_build_that_fails_leaves_nothing_behind(square_file, tmp_path, monkeypatch):
    def run(program, arguments, folder):
        (folder / "half.osrm").write_text("half")
        return None if program == "osrm-extract" else "out of memory"

    monkeypatch.setattr(engine_files, "_run", run)
    with pytest.raises(InputError) as caught:
        engine_files.build_roads(square_file, tmp_path)
    [issue] = caught.value.issues
    assert (issue.code, issue.where, issue.values["detail"]) == ("G123", "square.osm", "osrm-partition: out of memory")
    assert list(tmp_path.iterdir()) == []


def test_a_half_built_folder_of_a_dead_process_is_never_used(square_file, tmp_path):
    dead = tmp_path / ".building-dead" / "built"
    dead.mkdir(parents=True)
    (dead / "roads.osrm.ebg").write_text("half")
    table = build_network(square_file, tmp_path).table(*places(WEST, EAST))
    assert table.duration_s[0, 1] == pytest.approx(40, abs=1)


def test_builds_at_once_end_in_one_entry(square_file, tmp_path):
    with ThreadPoolExecutor(4) as pool:
        bases = set(pool.map(lambda _: engine_files.build_roads(square_file, tmp_path), range(4)))
    assert len(bases) == 1
    assert [entry.name for entry in tmp_path.iterdir()] == [bases.pop().parent.name]


@pytest.mark.parametrize(
    ("name", "content", "code"),
    [
        pytest.param("none.osm", None, "G120", id="missing"),
        pytest.param("city.csv", "a,b", "G121", id="suffix"),
        pytest.param("city.osm", "", "G122", id="empty"),
        pytest.param("city.osm", '<osm version="0.6"><node id="1"', "G123", id="cut-short"),
        pytest.param("city.osm.pbf", "rubbish", "G123", id="rubbish-pbf"),
        pytest.param("city.osm", '<osm version="0.6"></osm>', "G125", id="no-streets"),
    ],
)
def test_a_file_without_usable_roads_is_named(tmp_path, name, content, code, capfd):
    if content is not None:
        (tmp_path / name).write_text(content)
    with pytest.raises(InputError) as error:
        build_network(tmp_path / name, tmp_path / "cache")
    assert [(issue.code, issue.where) for issue in error.value.issues] == [(code, name)]
    assert str(tmp_path) not in str(error.value), "no path of this machine in a message"
    assert capfd.readouterr() == ("", "")


@with_beijing
def test_real_streets_give_plausible_times(tmp_path):
    network = build_network(BEIJING, tmp_path)
    west, south, east, north = read_osm_streets(BEIJING).total_bounds
    rng = np.random.default_rng(1)
    lon, lat = rng.uniform(west, east, 60), rng.uniform(south, north, 60)
    table = network.table(lon, lat)
    on_way = (table.distance_m > 1000) & (table.distance_m < UNREACHABLE)
    speed_kmh = table.distance_m[on_way] / table.duration_s[on_way] * 3.6
    assert 15 < np.median(speed_kmh) < 50
    legs = network.line(lon[:10], lat[:10])
    assert len(legs) == 9
    for (a, b), leg in zip(pairwise(range(10)), legs, strict=True):
        if table.distance_m[a, b] < UNREACHABLE:
            # Degrees to metres by the latitude alone bound the length from above.
            assert leg.length * 111_200 >= table.distance_m[a, b] * 0.99
