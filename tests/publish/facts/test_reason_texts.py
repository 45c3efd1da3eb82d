"""Every reason can be told, with the values that a plan gives and, where a plan edited by hand has none, without."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

import pytest

import sweep
from geodata.message_catalogue import LANGUAGES, load_texts
from sweep.publish.facts.names_and_reasons import reason_sentences, reason_texts
from sweep.records.plan import Reason
from sweep.records.visits import TargetReason
from tests.publish.small_edition import small_edition

SOURCES = [p.read_text(encoding="utf-8") for p in Path(sweep.__file__).parent.rglob("*.py")]
CODES = sorted({code for text in SOURCES for code in re.findall(r'Reason\(\s*"([A-Z_]+)"', text)})


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize("code", CODES)
def test_a_reason_without_values_has_a_sentence_and_an_action(code: str, lang: str) -> None:
    what, action = reason_texts(load_texts(lang), Reason(code), None, {})
    assert what != code
    assert action


def test_skill_and_officers_are_named() -> None:
    texts = load_texts("en")
    assert "computers" in reason_texts(texts, Reason("NO_TEAM_WITH_SKILL", {"skill": "computers"}), None, {})[0]
    assert "P1, P2" in reason_texts(texts, Reason("NO_TEAM_WITH_DRAWN", {"officers": "P1, P2"}), None, {})[0]


@pytest.mark.parametrize(
    ("names", "shown"), [({}, "浦东新区"), ({"310115": "临港新片区"}, "临港新片区")], ids=["catalogue", "scenario"]
)
def test_a_reason_names_the_district_as_headings_do_and_not_its_code(names: dict[str, str], shown: str) -> None:
    visit = replace(next(iter(small_edition().visits.values())), division_code="310115")
    what, action = reason_texts(load_texts("zh_CN"), Reason("NO_TEAM_IN_DISTRICT"), visit, names)
    assert shown in what
    assert "310115" not in what + action


def test_a_reason_names_skill_and_authority_and_not_their_codes_and_lists_in_the_way_of_the_language() -> None:
    texts = load_texts("zh_CN")
    skill, officers, drawn = (
        reason_texts(texts, Reason(code, values), None, {})[0]
        for code, values in (
            ("NO_TEAM_WITH_SKILL", {"skill": "recorder"}),
            ("NO_TEAM_WITH_OFFICERS", {"agency": "market_regulation"}),
            ("NO_TEAM_WITH_DRAWN", {"officers": "P1, P2"}),
        )
    )
    assert "执法记录仪" in skill
    assert "市场监管" in officers
    assert "P1、P2" in drawn


@pytest.mark.parametrize(
    ("lang", "sentence"), [("zh_CN", "依据 S-1（专项检查）"), ("en", "on the basis of S-1 (Special)")]
)
def test_a_reason_names_the_track_in_the_language_of_the_page(lang: str, sentence: str) -> None:
    listed = TargetReason("", "basis", {"track": "special", "basis": "S-1"})
    edition = replace(small_edition(), reasons={"V1": (listed,)})
    assert reason_sentences(edition, "V1", "", load_texts(lang)) == [sentence]
