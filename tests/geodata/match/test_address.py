"""MATCH: the forms of address of domain 3.4."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from geodata.match.address import Address, floor_index, normalise, parse_address


@pytest.mark.parametrize(
    ("text", "address"),
    [
        (
            "山东省济南市历下区经十路１２３４５号银荷大厦Ｂ座１２０１室",
            Address("37", "济南市", "历下区", "经十路", "12345号", "银荷大厦", "B座", "12", 12, "1201"),
        ),
        (
            "济南市市中区泺源大街229号金龙中心主楼12F",
            Address(None, "济南市", "市中区", "泺源大街", "229号", "金龙中心", "主楼", "12", 12, None),
        ),
        (
            "历下区舜泰广场8号楼20层2001(集群注册)",
            Address(None, None, "历下区", None, None, "舜泰广场", "8号楼", "20", 20, "2001"),
        ),
        (
            "济南市高新区新泺大街1166号奥盛大厦1号楼12-15层",
            Address(None, "济南市", "高新区", "新泺大街", "1166号", "奥盛大厦", "1号楼", "12-15", 12, None),
        ),
        (
            "济南市历城区花园路101号海蔚大厦B1层",
            Address(None, "济南市", "历城区", "花园路", "101号", "海蔚大厦", None, "B1", -1, None),
        ),
        (
            "北京市朝阳区建国路88号SOHO现代城A座12A08",
            Address("11", None, "朝阳区", "建国路", "88号", "SOHO现代城", "A座", "12A", 13, "12A08"),
        ),
        (
            "青岛市市南区香港中路61号远洋大厦A座1201-3",
            Address(None, "青岛市", "市南区", "香港中路", "61号", "远洋大厦", "A座", "12", 12, "1201-3"),
        ),
        (
            "济南市天桥区堤口路街道凤凰山社区标山路12号甲",
            Address(None, "济南市", "天桥区", "标山路", "12号甲", None, None, None, None, None),
        ),
        (
            "济南市槐荫区经七路843号泰山国际大厦夹层",
            Address(None, "济南市", "槐荫区", "经七路", "843号", "泰山国际大厦", None, "夹层", None, None),
        ),
        (
            "浦东新区陆家嘴环路1000号恒生银行大厦十二层",
            Address(None, None, "浦东新区", "陆家嘴环路", "1000号", "恒生银行大厦", None, "12", 12, None),
        ),
        (
            "解放路43号银座数码广场十五层1505、1506室",
            Address(None, None, None, "解放路", "43号", "银座数码广场", None, "15", 15, "1505"),
        ),
        ("万象中心T3 座 3001室", Address(None, None, None, None, None, "万象中心", "T3座", "30", 30, "3001")),
        ("龙奥大厦 A1201", Address(None, None, None, None, None, "龙奥大厦", None, "12", 12, "A1201")),
        ("经十路123银河大厦8楼801", Address(None, None, None, "经十路", "123", "银河大厦", None, "8", 8, "801")),
        ("银河大厦3幢2单元502室", Address(None, None, None, None, None, "银河大厦", "3幢", "5", 5, "502")),
        ("银河大厦地下二层", Address(None, None, None, None, None, "银河大厦", None, "B2", -2, None)),
        ("银河大厦整层", Address(None, None, None, None, None, "银河大厦", None, None, None, None)),
        ("聊城市东昌府区", Address(None, "聊城市", "东昌府区", None, None, None, None, None, None, None)),
        ("1201", Address(None, None, None, None, None, None, None, "12", 12, "1201")),
        ("", Address()),
    ],
)
def test_an_address_comes_apart(text: str, address: Address) -> None:
    assert parse_address(text) == address


@pytest.mark.parametrize(
    ("label", "index"),
    [("12", 12), ("B1", -1), ("12A", 13), ("3A", 4), ("12-15", 12), ("夹层", None), ("0", None), (None, None)],
)
def test_a_floor_label_gives_its_storey(label: str | None, index: int | None) -> None:
    assert floor_index(label) == index


def test_two_writings_of_one_address_are_equal() -> None:
    assert normalise("银荷大厦 Ｂ座 （集群注册）12－1室") == normalise("银荷大厦b座12-1室")


@given(st.text(max_size=60))
def test_any_text_comes_apart_or_gives_nothing(text: str) -> None:
    assert isinstance(parse_address(text), Address)


def test_the_dash_between_floor_and_room_is_no_part_of_the_room() -> None:
    assert parse_address("禾菊路864号螺螺科技大厦3F-302").unit == "302"


@pytest.mark.parametrize(
    ("text", "building", "tower", "floor", "unit"),
    [
        ("历下区经十路9号(银荷大厦B座12层)", "银荷大厦", "B座", "12", None),
        ("历下区经十路9号银荷大厦12层(集群注册)", "银荷大厦", None, "12", None),
        ("历下区经十路9号12层(生产地址:银荷大厦)", None, None, "12", None),
        ("天桥区明湖西路北侧、济安街西侧明湖广场3号楼1606-1", "明湖广场", "3号楼", "16", "1606-1"),
        ("卧龙路与刘长山路交叉口处绿地商务大厦114", "绿地商务大厦", None, "1", "114"),
        ("高新技术产业开发区舜泰广场7号楼", "舜泰广场", "7号楼", None, None),
        ("华龙路2218号百花小区1号楼东方丽景大厦1602室", "东方丽景大厦", None, "16", "1602"),
        ("经四路万达广场写字楼A座1805室", "万达广场", "A座", "18", "1805"),
        ("花园路101号海蔚广场商业中心2401室", "海蔚广场", None, "24", "2401"),
        ("泉城路180号齐鲁国际大厦B7-11室", "齐鲁国际大厦", None, "7", "B7-11"),
        ("新泺大街2008号银荷大厦5-401室", "银荷大厦", "5", "4", "401"),
        ("英雄山路147号祥泰广场3号706室", "祥泰广场", "3", "7", "706"),
        ("北园大街409号三联大厦柒层709号", "三联大厦", None, "7", None),
        ("工业南路100号三庆.枫润商务大厦B座", "三庆.枫润商务大厦", "B座", None, None),
        ("历山路58号1号楼201室", None, "1号楼", "2", "201"),
        ("舜华路750号银座好望角B座三层", "银座好望角", "B座", "3", None),
    ],
)
def test_building_tower_floor_and_unit(
    text: str, building: str | None, tower: str | None, floor: str | None, unit: str | None
) -> None:
    found = parse_address(text)
    assert (found.building, found.tower, found.floor_label, found.unit) == (building, tower, floor, unit)


@pytest.mark.parametrize(
    "text",
    [
        "经十东路国电大厦东侧",
        "钢城区新兴大厦对过",
        "工业北路幸福柳广场北",
        "天桥区火车站广场",
        "章丘区文祖街道文祖北村",
        "莱城区孟花园村",
        "时代路789号某某包装有限公司办公楼1楼101室",
        "英雄山路174号房屋一、二层",
        "科航路2877号研发楼一楼",
        "明水经济开发区明埠路中段东面",
    ],
)
def test_what_is_beside_a_building_or_is_none_gives_no_building(text: str) -> None:
    assert parse_address(text).building is None


@pytest.mark.parametrize(
    ("text", "street", "number"),
    [
        ("历下区历山路58号1号楼201室", "历山路", "58号"),
        ("槐荫区奥鼎路1024号乙座2209", "奥鼎路", "1024号"),
        ("长清区大学科技园紫薇路数娱大厦B座", "紫薇路", None),
        ("舜华路109号甲5层", "舜华路", "109号甲"),
        ("经五小纬二路66号", "经五小纬二路", "66号"),
        ("双山街道商业广场沿街楼", None, None),
    ],
)
def test_street_and_number(text: str, street: str | None, number: str | None) -> None:
    found = parse_address(text)
    assert (found.street, found.number) == (street, number)


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("中国（山东）自由贸易试验区济南片区经十路88号", (None, None, "经十路", "88号")),
        ("中国（上海）自由贸易试验区陆家嘴环路1000号", (None, None, "陆家嘴环路", "1000号")),
        ("中国（上海）自由贸易试验区临港新片区环湖西二路888号", (None, None, "环湖西二路", "888号")),
        ("中国（广东）自由贸易试验区南沙新区片区海滨路171号", (None, None, "海滨路", "171号")),
        ("济南市自由贸易试验区济南片区历下区经十路88号", ("济南市", "历下区", "经十路", "88号")),
        ("济南市历下区中国（山东）自由贸易试验区济南片区经十路88号", ("济南市", "历下区", "经十路", "88号")),
        ("济南市中国（山东）自由贸易试验区经十路88号", ("济南市", None, "经十路", "88号")),
    ],
)
def test_a_free_trade_area_hides_neither_street_nor_number(text: str, parts: tuple[str | None, ...]) -> None:
    found = parse_address(text)
    assert (found.city, found.district, found.street, found.number) == parts


@pytest.mark.parametrize(
    ("text", "province"),
    [
        ("中国（上海）自由贸易试验区张杨路500号", "31"),
        ("中国(山东)自由贸易试验区济南片区经十路88号", "37"),
        ("历下区中国(山东)自由贸易试验区济南片区经十路88号", "37"),
        ("自由贸易试验区济南片区经十路88号", None),
    ],
)
def test_a_free_trade_area_names_its_province(text: str, province: str | None) -> None:
    assert parse_address(text).province == province
