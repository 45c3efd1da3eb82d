"""MATCH: names, towers, doors and evidence, from an address to a building or to its candidates."""

from __future__ import annotations

import geopandas as gpd
import pandas as pd
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st

from geodata.match.address import parse_address
from geodata.match.building_names import name_key, similarity
from geodata.match.gazetteer import Gazetteer
from geodata.match.inner_address import split_tower, tower_key
from geodata.match.learned_names import learn
from geodata.match.resolve_address import Resolution, resolve

CITIES = frozenset({"济南"})


def make_gazetteer(
    *rows: tuple[str, str | None, str | None],
    other: str | None = None,
    firms: tuple = (),
    streets: tuple[str, ...] = (),
) -> Gazetteer:
    """Buildings by id, name and address; `other` are the other names of the first, `streets` those of the map."""
    frame = pd.DataFrame(rows, columns=["building_id", "building_name", "address"]).astype("str")
    frame["other_names"] = pd.Series([other, *[None] * (len(rows) - 1)], dtype="str")
    frame["division_code"] = "370102"
    shapes = [shapely.Point(117.0, 36.6).buffer(1e-4)] * len(rows)
    registered = learn((parse_address(text), building_id) for text, building_id in firms)
    return Gazetteer(gpd.GeoDataFrame(frame, geometry=shapes, crs=4326), registered, streets)


def find(text: str, gazetteer: Gazetteer) -> Resolution:
    return resolve(text, parse_address(text), gazetteer)


def way(text: str, gazetteer: Gazetteer) -> tuple[str | None, str]:
    found = find(text, gazetteer)
    return found.building_id, found.method


TOWERS = make_gazetteer(
    ("A", "银荷大厦A座", "济南市历下区新泺大街2008号"),
    ("B", "银荷大厦B座", "济南市历下区新泺大街2008号"),
    ("8", "舜泰广场8号楼", "济南市历下区舜华路2000号"),
    ("9", "舜泰广场九号楼", "济南市历下区舜华路2000号"),
)


@pytest.mark.parametrize(
    ("text", "building_id"),
    [
        ("银荷大厦A座1201室", "A"),
        ("银荷大厦甲座1201室", "A"),
        ("银荷大厦B栋12层", "B"),
        ("银荷大厦(B座12层)", None),
        ("舜泰广场8号楼1-1201室", "8"),
        ("舜泰广场八号楼", "8"),
        ("舜泰广场8#1201", "8"),
        ("舜泰广场9栋", "9"),
        ("舜泰广场8-1201室", "8"),
    ],
)
def test_a_tower_is_found_however_it_is_written(text: str, building_id: str | None) -> None:
    assert find(text, TOWERS).building_id == building_id


@pytest.mark.parametrize("text", ["银荷大厦1201室", "银荷大厦C座1201室", "银荷大厦1号楼1201室"])
def test_without_a_tower_that_the_table_has_all_towers_are_candidates(text: str) -> None:
    found = find(text, TOWERS)
    assert (found.building_id, found.reason, found.margin) == (None, "which_tower", 0.0)
    assert found.candidates == (("A", 1.0), ("B", 1.0))


@pytest.mark.parametrize(
    "text",
    [
        "舜泰广场8-9号楼",
        "舜泰广场8、9号楼3层",
        "舜泰广场1-8号楼",
        "舜泰广场8号楼和9号楼",
        "舜泰广场8-1号楼",
        "舜泰广场八、九号楼",
        "舜泰广场8#-9#",
        "舜泰广场8号至9号楼",
        "舜华路2000号1-8号楼",
        "银荷大厦A、B座",
        "银荷大厦A-B座",
        "银荷大厦A座B座",
        "银荷大厦甲座/乙座",
    ],
)
def test_two_towers_or_a_range_are_no_single_tower(text: str) -> None:
    found = find(text, TOWERS)
    assert (found.building_id, found.reason) == (None, "which_tower")


@pytest.mark.parametrize(
    ("names", "text", "building_id", "reason"),
    [
        (["银荷大厦（A座）"], "新泺大街2008号银荷大厦B座1201室", None, "which_tower"),
        (["银荷大厦（A座）"], "新泺大街2008号银荷大厦（A座）1201室", "0", None),
        (["银荷大厦（A座）", "银荷大厦（B座）"], "新泺大街2008号银荷大厦A座1201室", "0", None),
        (["银荷大厦（A座）", "银荷大厦（B座）"], "新泺大街2008号银荷大厦(乙座)1201室", "1", None),
        (["银荷大厦(5号楼)", "银荷大厦【6号楼】"], "银荷大厦5号楼1201室", "0", None),
        (["银荷大厦（一期）", "银荷大厦（二期）"], "新泺大街2008号银荷大厦二期1201室", "1", None),
        (["银荷大厦（一期）", "银荷大厦（二期）"], "新泺大街2008号银荷大厦（二期）1201室", "1", None),
        (["银荷大厦（东区）", "银荷大厦（西区）"], "新泺大街2008号银荷大厦西区1201室", "1", None),
        (["银荷大厦（二期）（A座）", "银荷大厦（二期）（B座）"], "银荷大厦二期B座1201室", "1", None),
        (["银荷大厦（旧名）"], "新泺大街2008号银荷大厦1201室", "0", None),
    ],
)
def test_a_tower_or_a_phase_in_brackets_is_a_part_of_the_name(
    names: list[str], text: str, building_id: str | None, reason: str | None
) -> None:
    rows = ((str(k), name, "济南市历下区新泺大街2008号") for k, name in enumerate(names))
    found = find(text, make_gazetteer(*rows))
    assert (found.building_id, found.reason) == (building_id, reason)


@pytest.mark.parametrize("text", ["银荷大厦（二期）对面", "银荷大厦二期对面", "银荷大厦（A座）对面"])
def test_beside_a_part_of_a_building_is_beside_it(text: str) -> None:
    assert find(text, make_gazetteer(("K", "银荷大厦", "济南市历下区新泺大街2008号"))).reason == "beside"


SHORT = make_gazetteer(
    ("Z", "尊园", "漕溪北路99弄"),
    ("T", "T20(百胜集团大楼)", "天钥桥路20号"),
    ("G", "高知楼_高级知识分子楼", "宜山路655弄6号"),
    ("D", "南昌路559号大楼", "南昌路559号"),
    ("C", "中金国际广场", "漕溪北路375号"),
    ("CB", "中金国际广场B楼", "漕溪北路333号"),
    ("F1", "枫林国际中心一期", "枫林路380号"),
    ("F2", "枫林国际中心二期", "枫林路420号"),
    ("Y", "华宜大厦", "中山西路2020号"),
    ("H1", "裕华大厦", "肇嘉浜路366号"),
    ("H2", "华富大厦", "延安西路1228弄"),
    ("M", "天迈商务楼", "零陵路231号"),
    ("X", "X2创意空间", "茶陵北路20号"),
    ("L", "光启公寓(暂停使用)", "光启路8号"),
)


@pytest.mark.parametrize(
    ("text", "building_id"),
    [
        ("徐汇区尊园619室", "Z"),
        ("徐汇区至尊园619室", None),
        ("徐汇区尊园路5号", None),
        ("徐汇区T20(百胜集团大楼)2309", "T"),
        ("百胜集团大楼2309室", "T"),
        ("高级知识分子楼3层", "G"),
        ("高知楼3层", "G"),
        ("暂停使用3层", None),
    ],
)
def test_a_name_of_two_characters_in_brackets_or_beside_a_second_one_is_found(
    text: str, building_id: str | None
) -> None:
    assert find(text, SHORT).building_id == building_id


@pytest.mark.parametrize(
    ("text", "building_id"),
    [
        ("南昌路559号917室", "D"),
        ("南昌路559号大楼917室", "D"),
        ("漕溪北路333号（中金国际广场B楼）", "CB"),
        ("中金国际广场B楼905室", "CB"),
        ("中金国际广场905室", "C"),
        ("枫林路380号（枫林国际中心一期）", "F1"),
    ],
)
def test_a_street_in_a_name_and_a_part_in_brackets_are_read(text: str, building_id: str | None) -> None:
    assert find(text, SHORT).building_id == building_id


@pytest.mark.parametrize(
    ("text", "building_id"),
    [
        ("徐汇区宜大厦404室", "Y"),  # one character left of two, and one building that has it
        ("徐汇区华大厦814室", None),  # three buildings have it
        ("徐汇区大厦814室", None),
        ("徐汇区天迈务商楼1008室", "M"),
        ("徐汇区林国际中心二期520室", "F2"),
        ("徐汇区中金国际场B楼905室", "CB"),
        ("徐汇区X创2意空间2205室", "X"),
        ("徐汇区天迈务商楼对面5楼", None),
    ],
)
def test_a_slip_is_found_though_the_written_name_is_none_by_its_form(text: str, building_id: str | None) -> None:
    assert find(text, SHORT).building_id == building_id


RANGES = make_gazetteer(
    ("1", "舜泰广场1号楼", "济南市历下区舜华路2000号"),
    ("81", "舜泰广场8-1号楼", "济南市历下区舜华路2000号"),
    ("23", "舜泰广场2、3号楼", "济南市历下区舜华路2000号"),
    ("K", "银荷大厦", "济南市历下区新泺大街2008号"),
)


@pytest.mark.parametrize(
    ("text", "building_id"),
    [
        ("舜泰广场8-1号楼", "81"),
        ("舜泰广场8-1栋301", "81"),
        ("舜泰广场2号楼、3号楼", "23"),
        ("舜泰广场1号楼8-1", "1"),
        ("舜泰广场1号楼A座", "1"),
        ("舜泰广场1-8-301", "1"),
        ("银荷大厦A、B座", "K"),
    ],
)
def test_a_building_of_several_towers_or_of_none_is_found_by_them(text: str, building_id: str) -> None:
    assert find(text, RANGES).building_id == building_id


TWINS = make_gazetteer(
    ("W", "万达广场", "济南市市中区经四路7号"),
    ("E", "万达广场", "济南市历下区工业南路57号"),
)


@pytest.mark.parametrize(
    ("text", "building_id", "reason"),
    [
        ("市中区经四路7号万达广场1609室", "W", None),
        ("工业南路万达广场610室", "E", None),
        ("历下区万达广场610室", "E", None),
        ("万达广场610室", None, "ambiguous_name"),
        ("槐荫区万达广场610室", None, "ambiguous_name"),
    ],
)
def test_door_street_or_district_distinguish_namesakes(text: str, building_id: str | None, reason: str | None) -> None:
    found = find(text, TWINS)
    assert (found.building_id, found.reason) == (building_id, reason)


def test_the_only_one_of_its_name_is_not_it_in_another_district_and_street() -> None:
    one = make_gazetteer(("W", "万达广场", "济南市市中区经四路7号"))
    assert find("济南市槐荫区张庄路1号万达广场", one).reason == "other_place"
    assert find("济南市高新区万达广场", one).building_id == "W"  # a zone lies across districts


HOUSES = make_gazetteer(
    ("1", "1号办公楼", "济南市历下区文化东路12号"),
    ("A", "A座写字楼", "济南市历下区文化东路12号"),
    ("7", "7号楼", "济南市历下区文化西路20号"),
    ("K", "银荷大厦", "济南市历下区新泺大街2008号"),
)


@pytest.mark.parametrize(
    "house",
    [
        "1号办公楼",
        "2号研发楼",
        "A座写字楼",
        "沿街楼",
        "商业楼",
        "公寓楼",
        "宿舍楼",
        "商业中心",
        "服务中心",
        "3号仓库",
        "办公楼东座",
        "东区2号楼",
        "一期5号楼",
    ],
)
def test_what_any_compound_calls_a_house_takes_no_other_building_s_address(house: str) -> None:
    one = make_gazetteer(("Y", house, "济南市历下区文化东路12号"))
    assert find(f"历下区历山路58号{house}201室", one).building_id is None
    assert find("历下区文化东路12号201室", one).building_id == "Y"


@pytest.mark.parametrize(
    ("text", "building_id", "reason"),
    [
        ("新泺大街2008号银荷大厦1号办公楼301室", "K", None),
        ("历下区文化东路12号1号办公楼3层", "1", None),
        ("历下区文化东路12号A座3层", "A", None),
        ("历下区文化东路12号2号办公楼3层", None, "which_tower"),
        ("历下区文化西路20号7号楼3层", "7", None),
        ("历下区文化西路20号8号楼3层", None, "which_tower"),
    ],
)
def test_a_house_without_a_name_is_found_at_its_door_and_by_its_own_tower(
    text: str, building_id: str | None, reason: str | None
) -> None:
    found = find(text, HOUSES)
    assert (found.building_id, found.reason) == (building_id, reason)


def test_a_name_does_not_begin_or_end_within_a_number() -> None:
    two = make_gazetteer(("Y", "71号创意园", None), ("Z", "银荷大厦1", None))
    assert [one.name for one in two.named("历山路71号创意园银荷大厦1-603")] == ["71号创意园", "银荷大厦1"]
    assert two.named("历山路171号创意园银荷大厦1201室") == []


REFORMED = make_gazetteer(
    ("Z", "百脉大厦", "济南市章丘区双山大街88号"),
    ("J", None, "济南市济阳区开元大街12号"),
    ("W", "万达广场", "济南市历下区泺源大街68号"),
    ("T1", "唐冶广场", "济南市历下区世纪大道1号"),
    ("T2", "唐冶广场", "济南市章丘区世纪东路1号"),
    ("C", None, "济南市朝阳区人民路1号"),
)


@pytest.mark.parametrize(
    ("text", "building_id", "reason"),
    [
        ("济南市章丘市百脉大厦3层", "Z", None),
        ("章丘市百脉大厦3层", "Z", None),
        ("章丘县双山大街88号", "Z", None),
        ("济南市济阳县开元大街12号", "J", None),
        ("章丘市唐冶广场3层", "T2", None),
        ("章丘县唐冶广场3层", "T2", None),
        ("章丘市万达广场3层", None, "other_place"),
        ("章丘县万达广场3层", None, "other_place"),
        ("历城区百脉大厦3层", None, "other_place"),
    ],
)
def test_a_district_s_name_of_before_a_reform_is_that_district(
    text: str, building_id: str | None, reason: str | None
) -> None:
    found = find(text, REFORMED)
    assert (found.building_id, found.reason) == (building_id, reason)


def test_a_city_of_the_county_s_rank_that_became_a_district_is_not_elsewhere() -> None:
    # 朝阳市 is a city of Liaoning, whatever district is called so.
    cities = ["济南市", "章丘市", "济阳市", "青岛市", "朝阳市"]
    addresses = pd.DataFrame({"province": pd.Series([None] * 5, dtype="str"), "city": cities})
    assert REFORMED.is_elsewhere(addresses).tolist() == [False, False, False, True, True]


HERE = make_gazetteer(
    ("G", "国贸大厦", "济南市天桥区无影山路12号"),
    ("Q", "华强国际", "济南市槐荫区经七路28号"),
    ("S", "上海大厦", "济南市历下区经十路9号"),
    ("N", None, "济南市历下区北京东大街3号"),
)


@pytest.mark.parametrize(
    "text",
    [
        "北京国贸大厦2楼",
        "广东华强国际",
        "上海华强国际大厦",
        "深圳华强国际5层",
        "烟台国贸大厦",
        "称在北京国贸大厦",
        "北京建国路5号国贸大厦2楼",
        "北京朝阳区国贸大厦",
        "北京无影山路12号",
    ],
)
def test_a_name_behind_a_province_or_a_city_of_elsewhere_is_a_candidate_and_no_match(text: str) -> None:
    found = find(text, HERE)
    assert (found.building_id, found.method) == (None, "none")


def test_what_is_left_for_its_place_says_so() -> None:
    found = find("深圳华强国际5层", HERE)
    assert (found.reason, found.candidates[0][0]) == ("other_place", "Q")


@pytest.mark.parametrize(
    ("text", "building_id"),
    [
        ("上海大厦2楼", "S"),
        ("上海国贸大厦附楼", None),
        ("济南国贸大厦2楼", "G"),
        ("山东国贸大厦2楼", "G"),
        ("天桥区北京国贸大厦2楼", "G"),
        ("无影山路12号深圳国贸大厦", "G"),
        ("北京东大街3号", "N"),
        ("北京京东大街3号", "N"),  # a sign doubled
        ("北京路3号国贸大厦", "G"),
    ],
)
def test_a_place_in_a_name_of_a_building_or_a_street_is_none_of_elsewhere(text: str, building_id: str | None) -> None:
    assert find(text, HERE).building_id == building_id


ONE = make_gazetteer(
    ("K", "嘉恒商务大厦", "济南市历城区华龙路1825号"),
    ("S", "世茂国际广场", "济南市历下区泉城路26号"),
    ("N", None, "济南市历下区泺源大街68号"),
    other="山东省嘉恒中心；恒大楼",
)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("嘉恒商务大厦A座", ("K", "name")),
        ("嘉恒大厦A座803室", ("K", "alias")),
        ("山东嘉恒商务大厦5层", ("K", "alias")),
        ("山东省嘉恒中心5层", ("K", "alias")),
        ("济南世茂国际广场B座6楼", ("S", "alias")),
        ("历下区泉城路26号世贸国际广场B座6楼", ("S", "fuzzy")),
        ("世贸国际广场B座6楼", ("S", "fuzzy")),  # 贸 sounds like 茂
        ("泺源大街68号B座11层", ("N", "address")),
        ("历下区泺源大街68号某某公馆11层", ("N", "address")),
        ("泉城路26号3层", ("S", "address")),
        ("泉城路26号贵和商厦3层", (None, "none")),
        ("泺源大街70号", (None, "none")),
    ],
)
def test_exact_goes_before_alias_before_a_slip_before_the_door(text: str, expected: tuple[str | None, str]) -> None:
    assert way(text, ONE) == expected


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("泉城路26号贵和商厦3层", "other_name"),
        ("世茂国际大厦B座6楼", "near_miss"),
        ("恒昌大厦1411室", "unknown_name"),
        ("天桥区堤口路9号", "no_name"),
    ],
)
def test_what_is_left_has_its_reason(text: str, reason: str) -> None:
    assert find(text, ONE).reason == reason


PART = make_gazetteer(
    ("S", "时代大厦", "济南市历下区解放路1号"),
    ("H", "银座好望角", "济南市历下区舜华路750号"),
    ("N", None, "济南市历下区泺源大街68号"),
)
FREE_TRADE = "中国（山东）自由贸易试验区济南片区"
# Longer than any name of a district or a street that the parser takes for one.
UNREAD = "山东济南新旧动能转换先行起步区"


@pytest.mark.parametrize("before", ["", FREE_TRADE, UNREAD])
def test_the_end_of_a_longer_name_is_no_match_whatever_stands_before_the_street(before: str) -> None:
    found = find(f"{before}经十路88号海尔时代大厦1201室", PART)
    assert (found.building_id, found.reason) == (None, "near_miss")
    assert [building_id for building_id, _ in found.candidates] == ["S"]


@pytest.mark.parametrize(
    ("text", "building_id"),
    [
        (f"{FREE_TRADE}泺源大街68号11层", "N"),
        (f"{FREE_TRADE}解放路1号时代大厦1201室", "S"),
        (f"{UNREAD}解放路1号时代大厦1201室", "S"),
        ("历下区银座好望角", "H"),
        ("山东济南银座好望角", "H"),
        ("上海银座好望角", None),
        ("海尔银座好望角", None),
    ],
)
def test_a_whole_name_is_found_though_the_parser_sees_none(text: str, building_id: str | None) -> None:
    assert find(text, PART).building_id == building_id


def test_a_margin_too_thin_leaves_both_as_candidates() -> None:
    two = make_gazetteer(("1", "鲁通国际中心", None), ("2", "鲁通商务中心", None))
    found = find("鲁通中心315室", two)
    assert (found.building_id, found.reason, found.margin) == (None, "near_miss", 0.0)
    assert set(found.candidates) == {("1", 0.92), ("2", 0.92)}


def test_a_name_that_two_firms_use_is_no_slip_for_another() -> None:
    firms = (("泉城路28号世贸国际广场3层", None), ("泉城路28号世贸国际广场5层", None))
    one = (("S", "世茂国际广场", "济南市历下区泉城路26号"),)
    assert way("泉城路世贸国际广场6层", make_gazetteer(*one)) == ("S", "fuzzy")
    assert find("泉城路世贸国际广场6层", make_gazetteer(*one, firms=firms)).reason == "near_miss"


def test_names_and_doors_that_firms_agree_on_are_learned() -> None:
    firms = tuple((f"经十路9号丁香公馆{k}层", "X") for k in range(1, 6))
    learned = make_gazetteer(("X", None, None), ("Y", None, None), firms=firms)
    assert way("丁香公馆8层", learned) == ("X", "alias")
    assert way("经十路9号802室", learned) == ("X", "address")


@pytest.mark.parametrize(
    "ids",
    [["X", None, None, None, None], ["X", "X", "Y", "Y", None], ["X", "X"] + [None] * 9],
    ids=["one firm", "no agreement", "two of eleven"],
)
def test_names_are_not_learned_from_too_few(ids: list[str | None]) -> None:
    firms = tuple((f"经十路9号丁香公馆{k}层", building_id) for k, building_id in enumerate(ids, start=1))
    assert find("丁香公馆8层", make_gazetteer(("X", None, None), ("Y", None, None), firms=firms)).building_id is None


@pytest.mark.parametrize(
    ("one", "other", "score"),
    [
        ("银荷大厦", "银荷大厦", 1.0),
        ("济南银荷大厦", "银荷大厦", 0.97),
        ("济南文教大厦", "山东文教大厦", 0.0),
        ("嘉恒商务大厦", "嘉恒大厦", 0.92),
        ("舜泰广场", "舜泰", 0.9),
        ("舜泰广场", "舜泰大厦", 0.8),
        ("绿地泉景雅园商务大厦", "泉景雅园商务大厦", 0.9),
        ("中润世纪广场", "中闰世纪广场", 0.89),  # looks alike
        ("银荷大厦", "金荷大厦", 0.75),  # one of four signs
        ("紫元大厦", "紫元厦", 0.89),  # an error in the form
        ("爱博大厦", "爱博厦大", 0.89),
        ("天迈商务楼", "天迈务商楼", 0.89),  # at its border
        ("田林家园", "田林家", 0.89),  # at the end
        ("龙奥金座一期", "龙奥金座二期", 0.0),
        ("东环广场", "西环广场", 0.0),
        ("山东大厦", "济南大厦", 0.0),
    ],
)
def test_likeness(one: str, other: str, score: float) -> None:
    assert similarity(one, other, CITIES) == pytest.approx(score)
    assert similarity(other, one, CITIES) == pytest.approx(score)


@pytest.mark.parametrize(
    ("name", "parts"),
    [
        ("银荷大厦A座", ("银荷大厦", "A")),
        ("舜泰广场11号楼", ("舜泰广场", "11")),
        ("金龙大厦主楼", ("金龙大厦", "主")),
        ("万象中心T3", ("万象中心", "T3")),
        ("舜泰广场8-1号楼", ("舜泰广场", "8-1")),
        ("银荷CBD-A座", ("银荷CBD", "A")),
        ("龙奥金座", ("龙奥金座", None)),
        ("A座", ("A座", None)),
    ],
)
def test_a_name_and_its_tower_come_apart(name: str, parts: tuple[str, str | None]) -> None:
    assert split_tower(name_key(name)) == parts


@pytest.mark.parametrize(
    ("tower", "key"),
    [
        ("A座", "A"),
        ("甲座", "A"),
        ("八号楼", "8"),
        ("08号楼", "8"),
        ("十二栋", "12"),
        ("东塔", "东"),
        ("A座、乙座", "A、B"),
        ("8-01号楼", "8-1"),
    ],
)
def test_one_key_for_one_tower(tower: str, key: str) -> None:
    assert tower_key(tower) == key


@given(st.text(alphabet="济南山东银荷舜泰大厦广场中心AB座12号楼国际商务-() ", max_size=20))
def test_a_building_or_a_reason_but_never_both_nor_neither(text: str) -> None:
    found = find(text, ONE)
    assert (found.building_id is None) == (found.reason is not None) == (found.method == "none")
    assert 0.0 <= found.score <= 1.0


@given(st.text(max_size=30))
def test_the_same_name_is_like_itself_and_likeness_has_no_order(text: str) -> None:
    key = name_key(text)
    assert similarity(key, key, CITIES) == 1.0
    assert similarity(key, "银荷大厦", CITIES) == similarity("银荷大厦", key, CITIES)
