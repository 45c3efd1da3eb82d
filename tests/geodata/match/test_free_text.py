"""MATCH: places in the sentences of leads, whoever wrote them."""

from __future__ import annotations

import pytest

from geodata.match.address_wording.surrounding_sentence import is_not_there
from geodata.match.building_names import is_rare
from tests.geodata.match.test_resolve_address import find, make_gazetteer

TWO = make_gazetteer(
    ("K", "银荷大厦", "济南市历下区新泺大街2008号"),
    ("S", "舜泰花苑", "济南市高新区舜华路2000号"),
    ("T", "时代大厦", "济南市历下区经十路9号"),
    ("Z", "衡园", "济南市历下区解放路88弄"),
    ("H", "红旗钢材市场", "济南市槐荫区济兖路488号"),
    ("M", "名商广场", None),
    ("L", "鲁润名商广场", None),
)


@pytest.mark.parametrize(
    "text",
    [
        "麻烦来看下银荷大厦,16楼消防门被他们锁上了",
        "我司受托管理银荷大厦,现就4层承租方异常情况说明如下",
        "坐标银荷大厦12f,无良中介",
        "合伙人会议提到搬进银荷大厦16层后业务量翻倍",
        "警官您说的那个公司在我们银荷大厦,不过他们挂的是别的名字",
    ],
)
def test_a_sentence_before_a_name_of_its_own_is_no_part_of_it(text: str) -> None:
    assert find(text, TWO).building_id == "K"


@pytest.mark.parametrize(
    ("text", "building_id"),
    [
        ("上次你们查过的那间银荷大厦2211又亮灯了", "K"),
        ("送银荷大厦员工来院,手部烫伤", "K"),
        ("李警官在吗 时代大厦1118 赶紧来个人", "T"),
        ("每个星期坐车来时代大厦9楼听课", "T"),
        ("万达 时代大厦9楼", None),
    ],
)
def test_a_blank_a_verb_or_a_demonstrative_before_a_name_is_no_brand(text: str, building_id: str | None) -> None:
    assert find(text, TWO).building_id == building_id


@pytest.mark.parametrize("text", ["海尔银荷大厦", "称在海尔银荷大厦9楼", "新银荷大厦9楼", "碌信名商广场5层办公室有人"])
def test_a_brand_or_a_character_that_makes_another_place_is_a_part_of_the_name(text: str) -> None:
    assert find(text, TWO).building_id is None


@pytest.mark.parametrize(
    ("name", "rare"), [("银荷大厦", True), ("明园商务中心", True), ("时代大厦", False), ("世纪财富中心", False)]
)
def test_a_name_of_general_words_is_not_rare(name: str, rare: bool) -> None:
    assert is_rare(name) is rare


@pytest.mark.parametrize(
    "text",
    [
        "之前是在舜泰花苑,换到我们银荷大厦5楼来了",
        "他们说总公司在舜泰花苑,我去过的是银荷大厦3楼",
        "我走错了,先进了舜泰花苑,保安叫我去旁边的银荷大厦10楼",
        "不是在舜泰花苑签的,是在银荷大厦2102签的",
        "舜泰花苑系虚假注册地,实为银荷大厦402",
        "该线路的实际使用地在银荷大厦,签约地在舜泰花苑",
        "从舜泰花苑搬到银荷大厦已两个月,5楼",
        "跟舜泰花苑没关系,是银荷大厦的20楼",
        "对方改约舜泰花苑取现交付;其公司固定办公点为银荷大厦413",
        "我行舜泰花苑支行等候民警,涉事公司在银荷大厦611",
        "老太太家住舜泰花苑那边,每个星期坐车来银荷大厦9楼听课",
    ],
)
def test_of_two_places_the_actual_or_the_new_one_counts(text: str) -> None:
    assert find(text, TWO).building_id == "K"


@pytest.mark.parametrize(
    "text",
    [
        "经过舜泰花苑、银荷大厦两处",
        "舜泰花苑→银荷大厦→郊区",
        "舜泰花苑和银荷大厦9楼都有工位",
        "地址由舜泰花苑改为海信大厦",
        "公司说在舜泰花苑,后来又说在银荷大厦",
    ],
)
def test_places_of_which_none_stands_out_are_left(text: str) -> None:
    assert find(text, TWO).building_id is None


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("从", "退租,联系方式失效"),
        ("监控显示嫌疑人从", "步行离开"),
        ("装机地址为", ",但现场并无此用户"),
        ("我跑到", "去找,人家讲不在这里"),
        ("经查", "不存在该公司"),
        ("他说公司在", ",我去了一看根本没有"),
        ("公司虚构办公地址", ""),
        ("", "后街的出租屋"),
        ("", "外墙广告上留的电话"),
        ("好像是", "过去两个路口的那个楼"),
    ],
)
def test_a_place_that_is_left_denied_or_passed_is_not_the_place(before: str, after: str) -> None:
    assert is_not_there(before, after)
    assert find(f"{before}银荷大厦{after}", TWO).building_id is None


@pytest.mark.parametrize(
    "text",
    [
        "银荷大厦西侧电梯厅9楼有陌生人",
        "银荷大厦北门保安看见他们往14楼抬床垫",
        "我在银荷大厦楼下等了半小时,才带我上15楼",
        "银荷大厦9楼没有公司铭牌",
    ],
)
def test_a_part_of_a_building_is_in_it(text: str) -> None:
    assert find(text, TWO).building_id == "K"


@pytest.mark.parametrize(
    "text", ["銀荷大廈9樓", "《银荷大厦》9楼", "物业服务中心（银荷大厦一层）转告", "【銀荷大廈】", "新泺大街2008號9樓"]
)
def test_other_scripts_quotation_marks_and_brackets_do_not_hide_a_place(text: str) -> None:
    assert find(text, TWO).building_id == "K"


@pytest.mark.parametrize(
    ("text", "building_id"),
    [
        ("李所,我这边新泺大街2008号的,13楼租户把摄像头贴住了", "K"),
        ("约定在新泺大街2008号面谈,19楼,一间没有招牌的屋子", "K"),
        ("在新泺大街2008号的一个写字楼里,4层", "K"),
        ("新泺大街2008号院里那栋楼,19层", "K"),
        ("收据盖的章是某某公司,地址印着济南市历下区新泺大街2008号816室", "K"),
        ("曾用地址济南市历下区经十路9号,现地址济南市历下区新泺大街2008号605室", "K"),
        ("新泺大街2008号某某苑9楼", None),
        ("东新泺大街2008号", None),
    ],
)
def test_a_door_anywhere_in_a_sentence_is_read(text: str, building_id: str | None) -> None:
    assert find(text, TWO).building_id == building_id


@pytest.mark.parametrize(
    ("text", "building_id"),
    [
        ("我被红旗钢材市场里面的一家公司骗了", "H"),
        ("辖区企业服务日,银荷大厦4楼前台回避提问", "K"),
        ("邻居告诉我那个楼叫衡园", "Z"),
        ("衡园林公司4楼", None),
    ],
)
def test_words_are_no_district_and_a_name_of_two_characters_stands_alone(text: str, building_id: str | None) -> None:
    assert find(text, TWO).building_id == building_id


@pytest.mark.parametrize(
    "text",
    [
        "报警人家住银荷大厦5楼,在网上被骗",
        "记者在银荷大厦楼顶拍到远处的厂区",
        "网友猜测在银荷大厦,警方未证实",
        "受害人在银荷大厦的银行取款后交给路边的人",
    ],
)
def test_a_home_a_viewpoint_or_a_rumour_is_not_the_place(text: str) -> None:
    found = find(text, TWO)
    assert (found.building_id, found.reason) == (None, "beside")
    assert found.candidates == (("K", 1.0),)


@pytest.mark.parametrize(
    "text",
    [
        "清创时患者讲银荷大厦那边7楼还有二十几个像他这样的",
        "呼叫方坐标与银荷大厦一致,7楼",
        "楼宇=银荷大厦;房号=2015;是否撤离=否",
        "银荷大厦2015,人没搬走",
        "银荷大厦13楼,9人接到“注销校园贷”来电",
    ],
)
def test_a_floor_after_over_there_a_comparison_or_a_denied_move_leaves_the_place(text: str) -> None:
    assert find(text, TWO).building_id == "K"


@pytest.mark.parametrize("text", ["银荷大厦里有公司打电话骗人", "面试地点:银荷大厦", "银荷大厦,舜泰花苑对面"])
def test_a_place_without_a_floor_is_still_the_place(text: str) -> None:
    assert find(text, TWO).building_id == "K"
