from __future__ import annotations

import gzip
import io
import json
import re
from datetime import date
from functools import cache
from itertools import pairwise, product

import openpyxl
import pandas as pd
import pytest
from pypinyin.phrases_dict import phrases_dict

from geodata.division_codes import division_codes
from sweep.made_up.places.invented_names import BUILDING_SYLLABLES, FIRM_SYLLABLES, STREET_SYLLABLES, invent
from sweep.made_up.random_streams import stream
from sweep.made_up.settings.city import SyntheticCitySettings
from sweep.made_up.settings.places import DISTRICTS
from tests.paths import GEO, SHARED

SETS = {"streets": STREET_SYLLABLES, "buildings": BUILDING_SYLLABLES, "firms": FIRM_SYLLABLES}
DIVISIONS = (SyntheticCitySettings(seed=1, day=date(2026, 9, 16)).city_name, *(district.name for district in DISTRICTS))
REGISTRY = GEO / "cn-registry-shandong" / "shandong_registry_1980_2001.csv.gz"
OFFICES = GEO / "cn-offices-shenzhen" / "写字楼.csv"
XUHUI = SHARED / "districts" / "xuhui"
MAPS = ("osm-cn-shanghai-bund", "osm-cn-wuhan-guanggu")

needs_shared_data = pytest.mark.skipif(
    not (REGISTRY.is_file() and OFFICES.is_file() and XUHUI.is_dir()),
    reason="no real names to compare with: ../shared/data lacks the registry, the offices or districts/xuhui",
)


def pairs_of(text: str) -> set[str]:
    """Every two characters of a text that follow each other."""
    return {a + b for a, b in pairwise(text)}


@cache
def real_pairs() -> frozenset[str]:
    """Every two characters that follow each other in a name or an address of the shared data."""
    registry = pd.read_csv(io.BytesIO(gzip.decompress(REGISTRY.read_bytes())), dtype="str", keep_default_na=False)
    firms = pd.read_csv(XUHUI / "scenario" / "企业登记导出.csv", dtype="str", keep_default_na=False)
    texts = {*registry["企业名称"], *registry["注册地址"], *firms["市场主体名称"], *firms["住所(经营场所)"]}
    texts |= {*pd.read_csv(OFFICES)["写字楼名称"]}
    for sheet in openpyxl.load_workbook(XUHUI / "scenario" / "楼宇底数台账.xlsx", read_only=True):
        texts |= {cell for row in sheet.iter_rows(values_only=True) for cell in row if isinstance(cell, str)}
    for path in (path for folder in MAPS for path in (GEO / folder).glob("*.geojson")):
        features = json.loads(path.read_text(encoding="utf-8"))["features"]
        texts |= {value for one in features for value in one["properties"].values() if isinstance(value, str)}
    return frozenset().union(*map(pairs_of, texts))


@pytest.mark.parametrize("n", [0, 3, 449, 2_000], ids=["none", "few", "two syllables", "three syllables"])
def test_invented_words_are_all_different(n: int) -> None:
    assert len(set(invent(stream(1, "x"), n, STREET_SYLLABLES))) == n


def test_no_character_serves_two_purposes() -> None:
    characters = "".join(SETS.values())
    assert len(set(characters)) == len(characters)


@pytest.mark.parametrize("text", [*SETS.values(), *DIVISIONS], ids=[*SETS, *DIVISIONS])
def test_every_character_is_in_common_use(text: str) -> None:
    # GB 2312 has its 3,755 characters in common use in rows 16 to 55, the others behind them.
    assert all(16 <= character.encode("gb2312")[0] - 0xA0 <= 55 for character in text)


@pytest.mark.parametrize("characters", SETS.values(), ids=SETS)
def test_no_combination_is_a_word(characters: str) -> None:
    assert {a + b for a, b in product(characters, repeat=2)}.isdisjoint(phrases_dict)


@pytest.mark.parametrize("name", DIVISIONS)
def test_no_city_or_district_exists(name: str) -> None:
    assert division_codes(name) == ()


@pytest.mark.slow
@needs_shared_data
@pytest.mark.parametrize("characters", SETS.values(), ids=SETS)
def test_no_combination_is_part_of_a_real_name(characters: str) -> None:
    combinations = {a + b for a, b in product(characters, repeat=2)}
    assert combinations & real_pairs() == set()


@needs_shared_data
def test_no_real_name_holds_that_of_the_city_or_a_district() -> None:
    stems = {re.sub("[市区]$", "", name) for name in DIVISIONS}
    assert stems & real_pairs() == set()
