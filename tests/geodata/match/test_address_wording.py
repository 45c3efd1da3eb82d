"""MATCH: what people do to an address when they write it down: lanes, sentences, slips of the pen."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from geodata.match.address import parse_address
from geodata.match.address_wording.lane_numbers import houses_of, split_lane
from geodata.match.address_wording.spelling_errors import blocking_keys, spelling_error
from geodata.match.address_wording.surrounding_sentence import is_moved, is_not_there, without_lead_in
from geodata.vocabulary.chinese_numerals import in_figures
from tests.geodata.match.test_resolve_address import find, make_gazetteer


@pytest.mark.parametrize(
    ("text", "figures"),
    [
        ("六百二十八", "628"),
        ("六二八", "628"),
        ("一千零五", "1005"),
        ("二〇〇八", "2008"),
        ("十二", "12"),
        ("两百", "200"),
        ("廿三", "23"),
        ("628", "628"),
    ],
)
def test_a_number_in_words_is_one_in_figures(text: str, figures: str) -> None:
    assert in_figures(text) == figures


@pytest.mark.parametrize(
    ("text", "number", "unit"),
    [
        ("张杨路628弄5号", "628弄5号", None),
        ("张杨路６２８弄５号楼501室", "628弄5号", "501"),
        ("张杨路六百二十八弄五号", "628弄5号", None),
        ("张杨路第628弄内5幢", "628弄5号", None),
        ("张杨路628弄3支弄5号501室", "628弄3支弄5号", "501"),
        ("张杨路628弄5号-1201", "628弄5号", "1201"),
        ("张杨路628弄5-501", "628弄5号", "501"),
        ("张杨路628弄5#501", "628弄5号", "501"),
        ("张杨路628弄", "628弄", None),
        ("张杨路628弄4-7号", "628弄4-7号", None),
        ("张杨路五号", "5号", None),
    ],
)
def test_the_number_of_a_house_on_a_lane(text: str, number: str, unit: str | None) -> None:
    address = parse_address(text)
    assert (address.street, address.number, address.unit) == ("张杨路", number, unit)


def test_a_range_holds_each_house_of_a_lane_and_every_other_of_a_street() -> None:
    assert houses_of("628弄4-7") == ["628弄4", "628弄5", "628弄6", "628弄7"]
    assert houses_of("106-110") == ["106", "108", "110"]
    assert houses_of("12-3") == houses_of("12") == houses_of("1-900") == []
    assert split_lane("628弄3支弄5") == ("628弄3支弄", "5")
    assert split_lane("628") is None


LANES = make_gazetteer(
    ("5", None, "上海市张杨路628弄5号"),
    ("6", None, "上海市张杨路628弄6号"),
    ("N3", "繁荣花园3号楼", "上海市商城路70弄"),
    ("W", None, "上海市东方路900弄"),
    ("R", None, "上海市东昌路12弄4-7号"),
)


@pytest.mark.parametrize(
    ("text", "building_id"),
    [
        ("张杨路628弄5号501室", "5"),
        ("浦东新区张杨路六二八弄六号", "6"),
        ("张杨路628弄7号", None),
        ("张杨路628弄", None),
        ("张杨路629弄5号", None),
        ("商城路70弄3号201", "N3"),
        ("商城路70弄4号201", None),
        ("东方路900弄18号", "W"),
        ("东昌路12弄6号", "R"),
        ("东昌路12弄8号", None),
        ("上海张杨路628弄6号2601", "6"),
        ("送货到张杨路628弄里面6号", "6"),
        ("张杨路628弄六-501", "6"),
        ("商城路70弄3号二单元201", "N3"),
        ("张杨路628弄6号门口", None),
        ("张杨路628弄5号对面", None),
    ],
)
def test_a_house_on_a_lane_is_found_and_no_other_is_taken_for_it(text: str, building_id: str | None) -> None:
    assert find(text, LANES).building_id == building_id


TWO = make_gazetteer(
    ("K", "银荷大厦", "济南市历下区新泺大街2008号"),
    ("S", "舜泰广场8号楼", "济南市高新区舜华路2000号"),
    ("T", "时代大厦", "济南市历下区经十路9号"),
)


@pytest.mark.parametrize(
    ("text", "building_id"),
    [
        ("称在银荷大厦9楼", "K"),
        ("报警人称对方自称位于历下区新泺大街2008号", "K"),
        ("去年12月起在舜泰广场8号楼1201室租房", "S"),
        ("经十路与舜华路路口西北侧银荷大厦", "K"),
        ("舜华路、新泺大街交汇处向东200米路北时代大厦3层", "T"),
        ("称在海尔时代大厦9楼", None),
        ("称在海信大厦9楼", None),
    ],
)
def test_what_leads_up_to_a_place_is_no_part_of_its_name(text: str, building_id: str | None) -> None:
    assert find(text, TWO).building_id == building_id


@pytest.mark.parametrize(
    "text",
    [
        "银荷大厦对面",
        "银荷大厦斜对面",
        "银荷大厦后门",
        "舜泰广场8号楼旁边",
        "银荷大厦往东约三百米",
        "距银荷大厦200米",
        "紧邻银荷大厦",
        "银荷大厦北门",
        "银荷大厦与时代大厦之间的小楼",
        "银荷大厦背后那条巷子",
        "并非银荷大厦",
        "未发现在银荷大厦",
        "没有查到其在银荷大厦",
        "新泺大街2008号银荷大厦停车场对面的小楼",
        "银荷大厦门口对面",
        "从银荷大厦出来往东走200米",
        "银荷大厦出门走三百米",
        "银荷大厦隔壁楼,大概五六层",
        "银荷大厦对面楼3层",
    ],
)
def test_beside_a_building_is_a_candidate_and_no_match(text: str) -> None:
    found = find(text, TWO)
    assert (found.building_id, found.reason) == (None, "beside")
    assert found.candidates[0][1] == 1.0


@pytest.mark.parametrize(
    "text",
    [
        "银荷大厦北门进去12层",
        "银荷大厦停车场上12层",
        "未发现异常，银荷大厦9楼",
        "发现在银荷大厦",
        "从银荷大厦出来，公司在12层",
        "银荷大厦广场3楼",
    ],
)
def test_a_gate_that_leads_inside_and_what_belongs_to_a_building_are_no_place_beside(text: str) -> None:
    assert find(text, TWO).building_id == "K"


def test_a_second_door_or_a_move_is_left() -> None:
    for text in (
        "不在新泺大街2008号",
        "原在新泺大街2008号",
        "从新泺大街2008号搬到经十路77号",
        "新泺大街2008号、经十路77号",
        "新泺大街2008号和经十路77号都有门店",
    ):
        assert find(text, TWO).building_id is None, text
    assert find("新泺大街2008号、2010号", TWO).building_id == "K"


def test_a_number_that_one_is_only_beside_is_no_door() -> None:
    assert find("新泺大街2008号", TWO).building_id == "K"
    for text in ("新泺大街2008号对面", "新泺大街2008号旁", "新泺大街2008号后门"):
        assert (find(text, TWO).building_id, find(text, TWO).reason) == (None, "beside")


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("先在银荷大厦后到时代大厦", "several_places"),
        ("银荷大厦、时代大厦", "several_places"),
        ("从银荷大厦搬到时代大厦", "moved"),
        ("银荷大厦(后迁时代大厦)", "moved"),
    ],
)
def test_two_places_or_a_move_leave_both_as_candidates(text: str, reason: str) -> None:
    found = find(text, TWO)
    assert (found.building_id, found.reason) == (None, reason)
    assert {"K"} <= {i for i, _ in found.candidates} <= {"K", "T"}


def test_a_second_building_that_the_table_lacks_leaves_the_first_as_a_candidate() -> None:
    texts = (
        "见面地点海信大厦,公司在银荷大厦",
        "银荷大厦、海信大厦均有据点",
        "海信大厦或银荷大厦",
        "先在海信大厦后到银荷大厦",
    )
    for text in texts:
        assert find(text, TWO).building_id is None
    assert find("历下区花园路168号,银荷大厦9层", TWO).building_id == "K"  # 花园路 is a street
    assert find("银荷大厦,海信大厦对面", TWO).building_id == "K"
    assert find("泉城广场与花园路交叉口银荷大厦", TWO).building_id == "K"


@pytest.mark.parametrize(
    ("one", "other", "error"),
    [
        ("银荷", "银河", "alike"),
        ("银荷", "银荷荷", "doubled"),
        ("银荷", "荷银", "swapped"),
        ("世纪开元", "世开元", "lost"),
        ("世纪开元", "世纪大元", "wrong"),
        ("中秦", "中泰", "alike"),
        ("新华", "鑫华", None),
        ("东环", "西环", None),
        ("五环", "东五环", None),
        ("银荷", "金河", None),
        ("银荷", "银荷", None),
    ],
)
def test_one_spelling_error(one: str, other: str, error: str | None) -> None:
    assert spelling_error(one, other) == spelling_error(other, one) == error


@given(st.text("银荷河泰秦舜时世纪元", min_size=2, max_size=5), st.text("银荷河泰秦舜时世纪元", min_size=2, max_size=5))
def test_two_texts_with_a_sure_slip_between_them_share_a_key(one: str, other: str) -> None:
    if spelling_error(one, other) not in (None, "wrong"):
        assert blocking_keys(one) & blocking_keys(other)


SLIPS = make_gazetteer(
    ("K", "银荷大厦", "济南市历下区新泺大街2008号"),
    ("G", "国家开发银行大厦", "济南市历下区泉城路26号"),
    ("P", "恒生大厦", None),
    ("Q", "恒盛广场", None),
)


@pytest.mark.parametrize(
    ("text", "building_id"),
    [
        ("银河大厦9楼", "K"),
        ("称在银荷荷大厦9楼", "K"),
        ("荷银大厦901", "K"),
        ("银荷大夏9楼", "K"),
        ("国家开发行大厦", "G"),
        ("金荷大厦9楼", None),
        ("恒升大厦9楼", "P"),
        ("恒胜中心", None),
        ("新乐大街2008号", None),
        ("新泺泺大街2008号", "K"),
        ("新烁大街2008号", "K"),
        ("泉成路26号", "G"),
        ("泉成路28号", None),
    ],
)
def test_a_slip_is_placed_where_one_building_alone_can_be_meant(text: str, building_id: str | None) -> None:
    assert find(text, SLIPS).building_id == building_id


def test_a_slip_between_two_names_is_left() -> None:
    both = make_gazetteer(("1", "银荷大厦", None), ("2", "银合大厦", None))
    assert (find("银河大厦9楼", both).building_id, find("银河大厦9楼", both).reason) == (None, "near_miss")


def test_a_street_of_the_map_is_no_slip_for_another() -> None:
    assert find("泉成路26号", SLIPS).building_id == "G"
    known = make_gazetteer(("G", None, "济南市历下区泉城路26号"), streets=("泉成路",))
    assert find("泉成路26号", known).building_id is None


@given(st.text("称在位于对方自的地址为银荷大厦路12号弄,、 ", max_size=60))
def test_a_lead_in_is_cut_off_at_the_front_alone(text: str) -> None:
    assert text.endswith(without_lead_in(text))


@pytest.mark.parametrize(
    ("text", "moved"),
    [
        ("事主称对方收款后失联", False),
        ("客服注销账号，不再回复", False),
        ("要求把资金转移到安全账户", False),
        ("该公司现已失联", True),
        ("企业已注销", True),
        ("该处不再办公", True),
        ("人去楼空", True),
    ],
)
def test_only_the_tenant_of_a_place_moves_and_not_whoever_stops_answering(text: str, moved: bool) -> None:
    assert is_moved(text) is moved


@pytest.mark.parametrize(
    ("after", "is_elsewhere"),
    [
        ("门口的一栋楼12层", True),
        ("门前那幢写字楼3楼", True),
        ("门口的某座商厦", True),
        ("大门口2号楼", False),
        ("门口12层", False),
    ],
)
def test_a_building_in_front_of_a_place_is_another_one(after: str, is_elsewhere: bool) -> None:
    assert is_not_there("", after) is is_elsewhere


@pytest.mark.parametrize(
    ("text", "street", "number"),
    [
        ("长宁区新镇路129号3楼", "新镇路", "129号"),
        ("虹口区曲阳四村70号", "曲阳四村", "70号"),
        ("徐家汇镇天钥路580号", "天钥路", "580号"),
        ("中山路2899甲号", "中山路", "2899甲号"),
    ],
)
def test_the_street_of_a_town_a_village_and_a_lettered_number(text: str, street: str, number: str) -> None:
    address = parse_address(text)
    assert (address.street, address.number) == (street, number)


@pytest.mark.parametrize(
    "text",
    [
        "自银荷大厦1018室报警,称被限制离开",
        "帮我查一下银荷大厦24楼那家公司",
        "公司勒拉银荷大厦",
        "经营场所 银荷大厦 24层",
        "楼宇=银荷大厦;房间=301",
        "报警人现在银荷大厦楼下,公司在该楼1511室",
        "不是时代大厦,是银荷大厦,12楼",
        "骗我说公司在时代大厦,其实在银荷大厦3楼",
        "银荷大厦605室涉嫌诈骗,人员正在撤离",
        "@所有人 银荷大厦22楼发现可疑公司",
        "请属地街道核实银荷大厦4楼经营情况",
        "市民希望相关部门对银荷大厦各公司进行检查",
        "执法人员到达银荷大厦501室,出示证件",
        "请协查银荷大厦16楼某投资咨询公司",
    ],
)
def test_a_name_behind_a_writers_own_lead_in_is_found(text: str) -> None:
    assert find(text, TWO).building_id == "K"


@pytest.mark.parametrize(
    "text",
    [
        "经核实,银荷大厦408室并无该公司",
        "他们说在银荷大厦,去了发现是假地址",
        "报警人否认在银荷大厦",
        "最近地标:银荷大厦,距离180米",
        "参照物:银荷大厦,往南第二栋",
        "从银荷大厦跑到马路对面的楼里",
        "银荷大厦后头那个院子",
        "可能是银荷大厦也可能是时代大厦",
        "经营地址由银荷大厦变更为凤凰大厦611室",
    ],
)
def test_a_firm_that_is_not_in_the_building_named_is_not_placed_there(text: str) -> None:
    assert find(text, TWO).building_id is None


@pytest.mark.parametrize(
    "before", ["110接报,", "请核:", "登记于", "合同上写的是济南市", "处警反馈:到达", "双告知推送:新设企业,住所"]
)
def test_an_address_behind_another_clause_is_read(before: str) -> None:
    parsed = parse_address(f"{before}裕德路168号1819室")
    assert (parsed.street or "").endswith("裕德路")
    assert (parsed.number, parsed.unit) == ("168号", "1819")


def test_a_door_that_only_a_bracketed_note_names_is_read() -> None:
    parsed = parse_address("通过登记的住所(裕德路168号1819室)可以联系")
    assert (parsed.street, parsed.number, parsed.unit) == ("裕德路", "168号", "1819")
    # A former door, and the note of a text with a door of its own, are not.
    assert parse_address("通过登记的住所(原裕德路168号)可以联系").street is None
    assert parse_address("新泺大街2008号(裕德路168号)").street == "新泺大街"
