"""Division codes by the names that officials call them."""

from __future__ import annotations

import pytest
from stdnum import numdb

from geodata.division_codes import _CORRECTIONS, city_names, division_codes, division_name
from geodata.message_catalogue import load_texts
from geodata.read.read_table import read_table
from tests.paths import GEO, needs_data

ADMIN = GEO / "cn-admin"
ZH, EN = load_texts("zh_CN", ("geodata",)), load_texts("en", ("geodata",))


@needs_data(ADMIN)
@pytest.mark.parametrize("file", ["370000.json", "370100.json", "370200.json"])
def test_every_division_of_the_files_has_its_name(file: str) -> None:
    table = read_table(ADMIN / file, "districts").frame
    assert [division_name(code, ZH) for code in table["division_code"]] == table["division_name"].tolist()


# From the codes that the Ministry of Civil Affairs publishes, written down by hand: one of each kind of division.
@pytest.mark.parametrize(
    ("code", "name"),
    [
        ("110105", "朝阳区"),
        ("310115", "浦东新区"),
        ("330113", "临平区"),
        ("330114", "钱塘区"),
        ("330200", "宁波市"),
        ("410307", "偃师区"),
        ("441900", "东莞市"),
        ("460400", "儋州市"),
        ("500000", "重庆市"),
        ("500101", "万州区"),
        ("522328", "安龙县"),
        ("650000", "新疆维吾尔自治区"),
        ("659012", "白杨市"),
        ("810000", "香港特别行政区"),
    ],
)
def test_a_division_anywhere_in_the_country_has_its_name(code: str, name: str) -> None:
    assert division_name(code, ZH) == name


def test_a_former_division_keeps_its_last_name() -> None:
    # 莱城区 until 2018; 211400 was 锦西市 until 1993.
    assert [division_name(code, ZH) for code in ("371202", "211400")] == ["莱城区", "葫芦岛市"]


def test_a_group_of_divisions_is_named_with_its_province() -> None:
    assert division_name("110100", ZH) == "北京市市辖区"


def test_in_english_a_division_without_an_english_name_has_its_chinese_one() -> None:
    assert [division_name(code, EN) for code in ("370102", "110105")] == ["Lixia", "朝阳区"]


def test_a_code_that_no_list_knows_stands_for_itself() -> None:
    # 370171 is a functional zone; "" the division of a plan without districts.
    assert [division_name(code, ZH) for code in ("370171", "990000", "")] == ["370171", "990000", ""]


def test_the_package_lacks_what_is_mended_by_hand() -> None:
    def listed(code: str) -> str | None:
        return next((part["county"] for _, part in numdb.get("cn/loc").info(code) if "county" in part), None)

    assert [code for code, name in _CORRECTIONS.items() if listed(code) == name] == []


def test_the_catalogue_and_the_list_give_one_name() -> None:
    codes = [key.removeprefix("district.") for key in sorted(ZH.keys()) if key.startswith("district.")]
    listed = {code: numdb.get("cn/loc").info(code)[1][1]["county"] for code in codes}
    assert len(codes) > 10
    assert [code for code, name in listed.items() if not name.endswith(ZH(f"district.{code}"))] == []


@pytest.mark.parametrize(
    ("name", "codes"),
    [
        ("历下区", ("370102",)),
        ("市中区", ("370103", "370402", "511002", "511102")),
        ("济南市市中区", ("370103",)),
        ("山东省济南市市中区", ("370103",)),
        ("北京市朝阳区", ("110105",)),
        ("湖北省仙桃市", ("429004",)),
        ("济南市", ("370100",)),
        ("章丘市", ()),
        ("市辖区", ()),
        ("老城里", ()),
    ],
)
def test_a_name_means_the_divisions_of_today_that_bear_it(name: str, codes: tuple[str, ...]) -> None:
    assert division_codes(name) == codes


def test_the_cities_are_those_of_today_without_provinces_counties_and_districts() -> None:
    cities = city_names()
    assert {"济南", "深圳", "呼和浩特", "儋州"} <= cities
    # A province, two districts that were cities once, a city of the county's rank, and 市 alone.
    assert not {"北京", "莱芜", "章丘", "昆山", ""} & cities
