import bz2
import json
from pathlib import Path

import geopandas as gpd
import numpy as np
import osmium
import pytest
import shapely

from geodata.check_osm_file import check_osm_file
from geodata.clean.buildings import clean_buildings
from geodata.datum.datum_names import WGS84
from geodata.errors import InputError
from geodata.message_catalogue import LANGUAGES, load_texts
from geodata.raw_table import RawTable, as_text
from geodata.read.osm import building_tags as osm_tags
from geodata.read.osm.buildings_and_streets import read_osm_buildings, read_osm_streets
from geodata.read.osm.geojson_export import is_osm_export
from geodata.read.osm.scenario_extract import extract_osm
from tests.paths import GEO, needs_data

BEIJING = GEO / "osm-cn-beijing-cau" / "map.osm"
with_beijing = needs_data(BEIJING)


def tags(**values: str) -> str:
    return "".join(f'<tag k="{k.replace("__", ":")}" v="{v}"/>' for k, v in values.items())


def node(node_id: int, lon: float, lat: float, **values: str) -> str:
    return f'<node id="{node_id}" version="1" lon="{lon}" lat="{lat}">{tags(**values)}</node>'


def way(way_id: int, nodes: list[int], **values: str) -> str:
    refs = "".join(f'<nd ref="{n}"/>' for n in nodes)
    return f'<way id="{way_id}" version="1">{refs}{tags(**values)}</way>'


def multipolygon(relation_id: int, outer: list[int], inner: list[int], **values: str) -> str:
    members = "".join(f'<member type="way" ref="{w}" role="outer"/>' for w in outer)
    members += "".join(f'<member type="way" ref="{w}" role="inner"/>' for w in inner)
    return f'<relation id="{relation_id}" version="1">{members}{tags(type="multipolygon", **values)}</relation>'


def square(first_id: int, lon: float, side: float, **corner: str) -> str:
    """Four nodes round (lon, 36.6); the tags are those of the first."""
    h = side / 2
    corners = [(lon - h, 36.6 - h), (lon + h, 36.6 - h), (lon + h, 36.6 + h), (lon - h, 36.6 + h)]
    return "".join(node(first_id + i, x, y, **(corner if i == 0 else {})) for i, (x, y) in enumerate(corners))


def ring(first_id: int) -> list[int]:
    return [first_id, first_id + 1, first_id + 2, first_id + 3, first_id]


@pytest.fixture
def osm(tmp_path):
    def write(*parts: str, name: str = "city.osm") -> Path:
        path = tmp_path / name
        path.write_text(f'<osm version="0.6">{"".join(parts)}</osm>', encoding="utf-8")
        return path

    return write


def one_building(osm, **values: str):
    frame = read_osm_buildings(osm(square(1, 117.0, 0.001), way(10, ring(1), **values)))
    assert len(frame) == 1
    return frame.iloc[0]


def codes(error: pytest.ExceptionInfo[InputError]) -> list[str]:
    return [issue.code for issue in error.value.issues]


def test_a_way_gives_a_row_with_every_column(osm):
    row = one_building(
        osm,
        ref="B0001",
        name="泉城大厦",
        building="office",
        building__levels="24",
        addr__city="济南市",
        addr__district="历下区",
        addr__street="泉城路",
        addr__housenumber="180",
    )
    given = ("building_id", "building_name", "address", "n_floors", "osm_building", "office_reason")
    assert [row[c] for c in given] == [
        "B0001",
        "泉城大厦",
        "济南市历下区泉城路180号",
        24.0,
        "office",
        "building=office",
    ]
    gaps = ("division_code", "complex_id", "property_company_id", "floor_area_m2", "n_exits", "lon", "lat")
    assert row[list(gaps)].isna().all()
    assert row.geometry.equals(shapely.box(116.9995, 36.5995, 117.0005, 36.6005))


def test_without_a_ref_the_kind_and_the_number_are_the_id(osm):
    assert one_building(osm, building="commercial").building_id == "w10"


def test_a_relation_keeps_its_courtyard_and_replaces_no_other_building(osm):
    path = osm(
        square(1, 117.0, 0.004),
        square(5, 117.0, 0.002),
        way(10, ring(1)),
        way(11, ring(5)),
        multipolygon(20, [10], [11], building="office", name="回字楼"),
    )
    frame = read_osm_buildings(path)
    assert list(frame.building_id) == ["r20"]
    # 0.004 x 0.004 less 0.002 x 0.002 square degrees.
    assert frame.geometry[0].area == pytest.approx(12e-6)


def test_a_relation_of_two_outlines_is_a_multipolygon(osm):
    path = osm(
        square(1, 117.0, 0.001),
        square(5, 117.01, 0.001),
        way(10, ring(1)),
        way(11, ring(5)),
        multipolygon(20, [10, 11], [], building="office"),
    )
    assert list(read_osm_buildings(path).geom_type) == ["MultiPolygon"]


def test_entrances_on_the_outline_are_counted_and_the_main_one_is_the_point(osm):
    path = osm(
        node(1, 116.999, 36.6, entrance="yes"),
        node(2, 117.001, 36.6, entrance="main"),
        node(3, 117.0, 36.601, entrance="no"),
        node(4, 117.0, 36.605, entrance="yes"),
        way(10, [1, 2, 3, 1], building="office"),
    )
    row = read_osm_buildings(path).iloc[0]
    assert (row.n_exits, row.lon, row.lat) == (2, 117.001, 36.6)


def test_without_a_main_entrance_there_is_no_point(osm):
    path = osm(square(1, 117.0, 0.001, entrance="yes"), way(10, ring(1), building="office"))
    row = read_osm_buildings(path).iloc[0]
    assert row.n_exits == 1
    assert np.isnan(row.lon)


def test_an_outline_that_does_not_close_is_a_row_without_a_geometry(osm):
    path = osm(
        square(1, 117.0, 0.001),
        square(5, 117.01, 0.001),
        way(10, [1, 2, 3], building="office"),
        way(11, ring(5), building="office"),
    )
    frame = read_osm_buildings(path)
    assert list(frame.building_id) == ["w10", "w11"]
    assert list(frame.geometry.isna()) == [True, False]


@pytest.mark.parametrize(
    ("values", "reason"),
    [
        pytest.param({"building": "office"}, "building=office", id="building"),
        pytest.param({"building": "commercial"}, "building=commercial", id="commercial"),
        pytest.param({"building": "yes", "office": "company"}, "office=company", id="office"),
        pytest.param({"building": "yes", "name": "舜泰广场"}, "name=广场", id="name"),
        pytest.param({"building": "yes", "office": "no"}, None, id="no-office"),
        pytest.param({"building": "yes", "name": "大厦社区"}, None, id="name-begins"),
        pytest.param({"building": "residential"}, None, id="residential"),
        pytest.param({}, None, id="nothing"),
    ],
)
def test_why_a_building_is_an_office_building(values, reason):
    assert osm_tags.office_reason(values) == reason


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        pytest.param({"building:levels": "12"}, 12, id="whole"),
        pytest.param({"building:levels": "12.0"}, 12, id="decimal"),
        pytest.param({"building:levels": "3;5"}, 5, id="several"),
        pytest.param({"building:levels": "3-5层"}, 5, id="range"),
        pytest.param({"building:levels": "12", "height": "100"}, 12, id="levels-go-first"),
        pytest.param({"building:levels": "many", "height": "35 m"}, 10, id="height"),
        pytest.param({"height": "99.4"}, 28, id="height-bare"),
        pytest.param({"height": "1"}, 1, id="height-low"),
        pytest.param({"height": "300'"}, None, id="feet"),
        pytest.param({"building:levels": "0"}, None, id="zero"),
        pytest.param({"building:levels": "0.5"}, 1, id="half-a-floor"),
        pytest.param({}, None, id="nothing"),
    ],
)
def test_floors(values, expected):
    floors = osm_tags.n_floors(values)
    assert np.isnan(floors) if expected is None else floors == expected


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        pytest.param({"addr:full": "经十路1号", "addr:street": "x"}, "经十路1号", id="full"),
        pytest.param({"addr:street": "经十路", "addr:housenumber": "1-3"}, "经十路1-3号", id="number"),
        pytest.param({"addr:street": "经十路", "addr:housenumber": "1号"}, "经十路1号", id="number-with-sign"),
        pytest.param({"addr:street": "经十路"}, "经十路", id="no-number"),
        pytest.param({"addr:city": "济南市", "addr:housenumber": "1"}, None, id="no-street"),
    ],
)
def test_addresses(values, expected):
    assert osm_tags.address(values) == expected


def test_other_buildings_come_only_when_asked_for(osm):
    path = osm(
        square(1, 117.0, 0.001),
        square(5, 117.01, 0.001),
        square(9, 117.02, 0.001),
        way(10, ring(1), building="house"),
        way(11, ring(5), building="office"),
        way(12, ring(9), building="no"),
    )
    assert list(read_osm_buildings(path).building_id) == ["w11"]
    everything = read_osm_buildings(path, only_offices=False)
    assert list(everything.building_id) == ["w10", "w11"]
    assert list(everything.office_reason.isna()) == [True, False]


def test_streets_follow_the_schema(osm):
    path = osm(
        square(1, 117.0, 0.01),
        way(10, [1, 2], highway="primary", name="泉城路"),
        way(11, [2, 3], highway="residential", oneway="yes"),
        way(12, [3, 4], highway="footway"),
        way(13, [4, 1], highway="service", area="yes"),
    )
    frame = read_osm_streets(path)
    assert list(frame.street_id) == ["w10", "w11"]
    assert list(frame.street_name.fillna("")) == ["泉城路", ""]
    assert list(frame.is_oneway) == [False, True]
    assert frame.crs == "EPSG:4326"


@pytest.mark.parametrize(
    ("values", "is_oneway"),
    [
        pytest.param({"highway": "motorway"}, True, id="motorway"),
        pytest.param({"highway": "motorway", "oneway": "no"}, False, id="motorway-both-ways"),
        pytest.param({"highway": "tertiary", "junction": "roundabout"}, True, id="roundabout"),
        pytest.param({"highway": "tertiary", "oneway": "no"}, False, id="no"),
    ],
)
def test_one_way_streets(osm, values, is_oneway):
    frame = read_osm_streets(osm(square(1, 117.0, 0.01), way(10, [1, 2], **values)))
    assert frame.is_oneway[0] == is_oneway


def test_a_street_one_way_against_its_line_is_turned_round(osm):
    path = osm(square(1, 117.0, 0.01), way(10, [1, 2], highway="primary", oneway="-1"))
    frame = read_osm_streets(path)
    assert frame.is_oneway[0]
    assert frame.geometry[0].coords[0] == pytest.approx((117.005, 36.595))


def test_a_street_cut_at_the_edge_keeps_the_nodes_that_are_there(osm):
    path = osm(square(1, 117.0, 0.01), way(10, [1, 2, 99], highway="primary"), way(11, [3, 98], highway="primary"))
    frame = read_osm_streets(path)
    assert [len(line.coords) for line in frame.geometry] == [2]


def test_a_file_without_offices_is_refused(osm):
    with pytest.raises(InputError) as error:
        read_osm_buildings(osm(square(1, 117.0, 0.001), way(10, ring(1), building="house")))
    assert codes(error) == ["G124"]


def test_a_file_without_streets_is_refused(osm):
    with pytest.raises(InputError) as error:
        read_osm_streets(osm(square(1, 117.0, 0.001), way(10, ring(1), building="office")))
    assert codes(error) == ["G125"]


@pytest.mark.parametrize("read", [read_osm_buildings, read_osm_streets])
@pytest.mark.parametrize(
    ("name", "content", "code"),
    [
        pytest.param("none.osm", None, "G120", id="missing"),
        pytest.param("city.csv", b"a,b", "G121", id="suffix"),
        pytest.param("city.osm", b"", "G122", id="empty"),
        pytest.param("city.osm", b'<osm version="0.6"><node id="1"', "G123", id="cut-short"),
        pytest.param("city.osm", b"\xff\xfe\x00rubbish", "G123", id="rubbish"),
        pytest.param("city.osm.pbf", b"\x00\x00\x00\x0dnot a blob at all", "G123", id="rubbish-pbf"),
        pytest.param("city.osm.bz2", b"BZh9 no", "G123", id="rubbish-bz2"),
    ],
)
def test_a_file_that_cannot_be_read_is_named(tmp_path, read, name, content, code):
    if content is not None:
        (tmp_path / name).write_bytes(content)
    with pytest.raises(InputError) as error:
        read(tmp_path / name)
    assert [(issue.code, issue.where) for issue in error.value.issues] == [(code, name)]
    for lang in LANGUAGES:
        texts = load_texts(lang, ("geodata",))
        assert all(issue.what(texts) and issue.fix(texts) for issue in error.value.issues)


def as_pbf(path: Path) -> Path:
    pbf = path.with_suffix(".osm.pbf")
    with osmium.SimpleWriter(osmium.io.File(pbf, "pbf,pbf_compression=none")) as writer:
        for thing in osmium.FileProcessor(path):
            writer.add(thing)
    return pbf


def test_a_pbf_file_gives_the_same_as_the_text_file(osm):
    path = osm(
        square(1, 117.0, 0.004),
        square(5, 117.0, 0.002),
        way(10, ring(1)),
        way(11, ring(5)),
        way(12, [1, 2], highway="primary"),
        multipolygon(20, [10], [11], building="office", name="回字楼"),
    )
    pbf = as_pbf(path)
    for read in (read_osm_buildings, read_osm_streets):
        assert read(pbf).to_json() == read(path).to_json()


def test_a_name_that_is_not_utf_8_is_refused(osm):
    path = as_pbf(osm(square(1, 117.0, 0.001), way(10, ring(1), building="office", highway="road", name="泉城大厦")))
    path.write_bytes(path.read_bytes().replace("泉城大厦".encode(), b"\xff" * 12))
    for read in (read_osm_buildings, read_osm_streets):
        with pytest.raises(InputError) as error:
            read(path)
        assert codes(error) == ["G123"]


@with_beijing
def test_the_beijing_extract_has_its_buildings_and_streets():
    everything = read_osm_buildings(BEIJING, only_offices=False)
    assert len(everything) == 257
    assert everything.is_valid.all()
    assert read_osm_streets(BEIJING).to_crs("EPSG:32650").length.sum() == pytest.approx(51_900, abs=100)


def test_a_part_gives_its_building_its_floors_and_is_no_building(osm):
    path = osm(
        square(1, 117.0, 0.004),
        square(5, 117.0, 0.002),
        square(9, 117.001, 0.001),
        way(10, ring(1), building="office", building__levels="4"),
        way(11, ring(5), building__part="yes", building__levels="30"),
        way(12, ring(9), building__part="yes", height="35"),
    )
    frame = read_osm_buildings(path)
    assert list(frame.building_id) == ["w10"]
    assert list(frame.n_floors) == [30]


def test_a_part_in_no_building_is_one(osm):
    path = osm(square(1, 117.0, 0.001), way(10, ring(1), building__part="office", name="双子大厦"))
    frame = read_osm_buildings(path)
    assert list(frame.building_id) == ["w10"]
    assert list(frame.office_reason) == ["building=office"]


def test_points_with_an_office_make_the_house_around_them_an_office_building(osm):
    path = osm(
        square(1, 117.0, 0.002),
        square(5, 117.01, 0.002),
        node(20, 117.0, 36.6, office="company"),
        node(21, 117.0003, 36.6, office="lawyer"),
        node(22, 117.01, 36.6, office="no"),
        node(23, 117.02, 36.6, office="company"),
        way(10, ring(1), building="yes"),
        way(11, ring(5), building="yes"),
    )
    frame = read_osm_buildings(path)
    assert list(frame.building_id) == ["w10"]
    assert list(frame.office_reason) == ["office points=2"]


def test_an_outline_tagged_on_its_way_and_on_its_relation_is_one_building(osm):
    path = osm(
        square(1, 117.0, 0.004),
        square(5, 117.0, 0.002),
        way(10, ring(1), building="office", building__levels="9", name="旧名"),
        way(11, ring(5)),
        multipolygon(20, [10], [11], building="office", name="新名大厦"),
    )
    frame = read_osm_buildings(path)
    assert list(frame.building_id) == ["r20"]
    assert [frame.building_name[0], frame.n_floors[0]] == ["新名大厦", 9]


def test_towers_with_names_of_their_own_stay_beside_their_relation(osm):
    path = osm(
        square(1, 117.0, 0.001),
        square(5, 117.01, 0.001),
        way(10, ring(1), building="office", name="A座"),
        way(11, ring(5), building="office", name="B座"),
        multipolygon(20, [10, 11], [], building="office", name="双子"),
    )
    assert list(read_osm_buildings(path).building_id) == ["r20", "w10", "w11"]


def test_a_polygon_clips_buildings_and_streets(osm):
    path = osm(
        square(1, 117.0, 0.001),
        square(5, 117.01, 0.001),
        way(10, ring(1), building="office"),
        way(11, ring(5), building="office"),
        way(12, [1, 2], highway="primary"),
        way(13, [5, 6], highway="primary"),
    )
    part = shapely.box(116.99, 36.59, 117.005, 36.61)
    assert list(read_osm_buildings(path, within=part).building_id) == ["w10"]
    assert list(read_osm_streets(path, within=part).street_id) == ["w12"]


def test_an_outline_cut_at_the_edge_goes_to_quarantine_and_stops_nothing(osm):
    path = osm(
        square(1, 117.0, 0.001),
        square(5, 117.01, 0.001),
        way(10, [1, 2, 3], building="office"),
        way(11, ring(5), building="office"),
    )
    found = read_osm_buildings(path).assign(division_code="370102")
    texts = {c: as_text(found[c]) for c in found.columns if c != "geometry"}
    raw = RawTable("buildings", path, "0", gpd.GeoDataFrame(texts, geometry=found.geometry, crs=4326), None)
    cleaned = clean_buildings(raw, None, WGS84)
    assert cleaned.issues == ()
    assert list(cleaned.table.building_id) == ["w11"]
    assert list(cleaned.quarantine.code) == ["G217"]


@with_beijing
def test_the_beijing_extract_has_its_24_offices():
    # 24 objects office=*: 23 points and areas of buildings; those inside footprints make office buildings.
    offices = read_osm_buildings(BEIJING)
    assert offices.office_reason.str.startswith("office points").sum() >= 1


@pytest.mark.parametrize(
    ("tags", "names"),
    [
        ({"name": "Taishan Tower", "name:zh": "泰山国际大厦", "old_name": "泰山大厦"}, "泰山国际大厦;泰山大厦"),
        ({"name": "泰山大厦", "name:zh": "泰山大厦", "alt_name": "泰山楼; 泰山楼"}, "泰山楼"),
        ({"name": "泰山大厦"}, None),
        ({}, None),
    ],
    ids=["two", "the same again", "one name", "none"],
)
def test_the_other_names_of_a_building(tags: dict[str, str], names: str | None) -> None:
    assert osm_tags.other_names(tags) == names


@pytest.mark.parametrize(
    ("values", "reason"),
    [
        ({"building": "yes", "height": "24"}, "floors=7"),
        ({"building": "yes", "building:levels": "6"}, None),
        ({"building": "apartments", "building:levels": "30"}, None),
        ({"building": "yes", "name": "远洋大厦", "building:levels": "30"}, "name=大厦"),
    ],
    ids=["24 m", "six floors", "flats", "a name says more"],
)
def test_a_high_building_of_unknown_use_is_an_office_building(values, reason):
    assert osm_tags.office_reason(values) == reason


@pytest.mark.parametrize(("n_firms", "reasons"), [(2, []), (3, ["firms=3"])])
def test_three_firms_make_an_office_building(osm, n_firms, reasons):
    path = osm(square(1, 117.0, 0.001), way(10, ring(1), building="yes"), square(5, 117.1, 0.001), way(11, ring(5)))
    firms_at = np.array([[117.0, 36.6]] * n_firms + [[118.0, 36.6]] * 5)
    if reasons:
        assert list(read_osm_buildings(path, firms_at=firms_at).office_reason) == reasons
    else:
        with pytest.raises(InputError) as error:
            read_osm_buildings(path, firms_at=firms_at)
        assert codes(error) == ["G124"]


@pytest.mark.parametrize(
    ("inner", "ids"),
    [({"building": "yes"}, ["w10"]), ({"building": "office"}, ["w10", "w11"])],
    ids=["of no use", "an office"],
)
def test_a_plain_building_inside_another_is_a_part_of_it(osm, inner, ids):
    path = osm(
        square(1, 117.0, 0.002),
        square(5, 117.0, 0.001),
        way(10, ring(1), building="office", building__levels="3"),
        way(11, ring(5), **inner, building__levels="20"),
    )
    frame = read_osm_buildings(path)
    assert list(frame.building_id) == ids
    assert frame.n_floors[0] == (20 if len(ids) == 1 else 3)


BUND = GEO / "osm-cn-shanghai-bund" / "buildings.geojson"


@needs_data(BUND)
def test_the_bund_export_has_its_office_buildings_and_why():
    kinds = read_osm_buildings(BUND).office_reason.str.split("=").str[0].value_counts()
    # 46 are tagged office or commercial, as its description says; no other tag of theirs names a use.
    assert kinds["building"] == 46
    assert set(kinds.index) == {"building", "name", "floors"}


def export(tmp_path, *features):
    path = tmp_path / "export.geojson"
    path.write_text(json.dumps({"type": "FeatureCollection", "features": list(features)}), encoding="utf-8")
    return path


def feature(west, **properties):
    ring = [[west, 36.6], [west + 0.001, 36.6], [west + 0.001, 36.601], [west, 36.601], [west, 36.6]]
    geometry = {"type": "Polygon", "coordinates": [ring]}
    return {"type": "Feature", "properties": properties, "geometry": geometry}


@pytest.mark.parametrize(
    ("properties", "is_export"),
    [
        ({"@id": "way/12", "building": "office"}, True),
        ({"id": 12, "kind": "building", "kind_detail": "office"}, True),
        ({"building_id": "B1", "building": "office", "@id": "way/12"}, False),
        ({"id": "B1", "name": "x"}, False),
    ],
    ids=["osmtogeojson", "tiles", "own ids", "a table"],
)
def test_an_export_is_known_by_its_fields(tmp_path, properties, is_export):
    assert is_osm_export(export(tmp_path, feature(117.0, **properties))) is is_export


def test_an_export_of_tiles_is_read_like_the_map(tmp_path):
    path = export(
        tmp_path,
        feature(117.0, id=12, kind="building", kind_detail="office", addr_street="泉城路", addr_housenumber="180"),
        # One building on the border of two tiles, a relation by its sign.
        feature(117.01, id=-7, kind="building", kind_detail="commercial"),
        feature(117.0105, id=-7, kind="building", kind_detail="commercial"),
        feature(117.02, id=15, kind="fence", kind_detail="wall"),
    )
    frame = read_osm_buildings(path)
    assert list(frame.building_id) == ["r7", "w12"]
    assert frame.address[1] == "泉城路180号"
    # 0.001 wide and half as much again.
    assert frame.geometry[0].area == pytest.approx(1.5e-6)


def test_an_extract_is_what_the_box_touches_and_nothing_else(osm, tmp_path):
    path = osm(
        square(1, 117.0, 0.001),
        square(5, 117.01, 0.001),
        square(20, 117.5, 0.001),
        way(10, ring(1)),
        multipolygon(30, [10], [], building="office", name="内"),
        way(11, ring(20), building="office", name="外"),
        way(12, [5, 6], highway="primary"),
        way(13, [20, 21], highway="primary"),
    )
    out = tmp_path / "part.osm.pbf"
    extract_osm(path, out, (116.9, 36.5, 117.1, 36.7))
    assert list(read_osm_buildings(out).building_name) == ["内"]
    assert list(read_osm_streets(out).street_id) == ["w12"]
    assert len(read_osm_streets(path)) == 2


def test_an_extract_of_a_damaged_file_leaves_nothing(tmp_path):
    path = tmp_path / "bad.osm.pbf"
    path.write_bytes(b"not a map")
    with pytest.raises(InputError) as error:
        extract_osm(path, tmp_path / "out.osm.pbf")
    assert codes(error) == ["G123"]
    assert [p.name for p in tmp_path.iterdir()] == ["bad.osm.pbf"]


def test_a_plain_building_whose_canopy_sticks_out_of_another_is_one_of_its_own(osm):
    outer = [(-1, -1), (11, -1), (11, 11), (-1, 11)]
    # 10 x 10 and a canopy of 15 x 0.1: 1 % of its area, and its widest line, lies outside.
    inner = [(0, 0), (10, 0), (10, 4.95), (25, 4.95), (25, 5.05), (10, 5.05), (10, 10), (0, 10)]
    nodes = [node(1 + i, 117 + x * 1e-5, 36.6 + y * 1e-5) for i, (x, y) in enumerate([*outer, *inner])]
    path = osm(
        *nodes,
        way(1, [1, 2, 3, 4, 1], building="office", name="大厦"),
        way(2, [*range(5, 13), 5], building="yes"),
    )
    found = read_osm_buildings(path, only_offices=False)
    assert list(zip(found.building_id, found.osm_building, strict=True)) == [("w1", "office"), ("w2", "yes")]


STREET = way(1, [1, 2], highway="residential", building="office")
ENDS = (node(1, 117.0, 36.6), node(2, 117.01, 36.6))


@pytest.mark.parametrize(
    "parts",
    [
        pytest.param((node(-1, 117.0, 36.6), ENDS[1], STREET.replace('ref="1"', 'ref="-1"')), id="not uploaded"),
        pytest.param((*ENDS, STREET.replace("version", "action='delete' version").replace('"1"', "'1'")), id="deleted"),
        pytest.param((*ENDS, STREET.replace("version", 'visible="false" version')), id="invisible"),
        pytest.param((STREET, *ENDS), id="ways before nodes"),
    ],
)
def test_a_file_as_an_editor_or_a_query_left_it_is_refused(osm, parts):
    path = osm(*parts)
    for read in (read_osm_streets, read_osm_buildings):
        with pytest.raises(InputError) as error:
            read(path)
        assert codes(error) == ["G322"]
        for lang in LANGUAGES:
            assert error.value.issues[0].what(load_texts(lang, ("geodata",)))
            assert error.value.issues[0].fix(load_texts(lang, ("geodata",)))


@pytest.mark.parametrize("read", [read_osm_streets, read_osm_buildings])
@pytest.mark.parametrize("suffix", [".osm.pbf", ".osm.bz2"])
def test_nodes_that_were_never_uploaded_are_found_in_a_packed_file_too(osm, read, suffix):
    new = STREET.replace('ref="1"', 'ref="-1"')
    others = way(2, [1, 2], highway="primary"), way(3, ring(5), building="office")
    path = osm(node(-1, 117.0, 36.601), *ENDS, square(5, 117.0, 0.001), new, *others)
    if suffix == ".osm.pbf":
        packed = as_pbf(path)
    else:
        packed = path.with_suffix(suffix)
        packed.write_bytes(bz2.compress(path.read_bytes()))
    with pytest.raises(InputError) as error:
        read(packed)
    assert codes(error) == ["G322"]


@pytest.mark.parametrize("parts", [(*ENDS, STREET.replace("version", 'action="delete" version')), (STREET, *ENDS)])
def test_what_shows_an_editors_file_is_found_across_the_pieces_that_it_is_read_in(osm, monkeypatch, parts):
    path = osm(*parts)
    for n in range(1, 200):
        monkeypatch.setattr("geodata.check_osm_file._CHUNK_BYTES", n)
        with pytest.raises(InputError, match="G322"):
            check_osm_file(path)


@pytest.mark.parametrize("parts", [(*ENDS, STREET.replace("version", 'action="delete" version')), (STREET, *ENDS)])
def test_a_packed_file_in_text_is_refused_as_one_that_is_not_packed(osm, parts):
    path = osm(*parts)
    packed = path.with_suffix(".osm.bz2")
    packed.write_bytes(bz2.compress(path.read_bytes()))
    with pytest.raises(InputError, match="G322"):
        read_osm_streets(packed)


@pytest.mark.parametrize("name", ["CITY.OSM", "City.Osm", "city.osm.PBF"])
def test_an_ending_that_the_libraries_do_not_know_in_capitals_is_told_as_a_wrong_name(osm, name):
    path = osm(*ENDS, STREET, name=name)
    with pytest.raises(InputError) as error:
        read_osm_streets(path)
    assert codes(error) == ["G121"]
    assert "small letters" in error.value.issues[0].what(load_texts("en", ("geodata",)))
