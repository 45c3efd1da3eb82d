"""Hints for unknown words: near ones, and never the opposite."""

from __future__ import annotations

import tomllib

import pytest

from geodata.clean.column_parsers.categories import nearest_word
from geodata.errors import toml_line
from geodata.vocabulary.category_words import WORDS

OUTCOMES = WORDS["history", "outcome"]


@pytest.mark.parametrize(
    ("word", "opposite"),
    [
        ("无问题", "发现问题"),
        ("发现问题", "无问题"),
        ("有", "无"),
        ("无", "有"),
        ("有隐患", "无隐患"),
        ("是", "否"),
        ("不是", "是"),
        ("已整改", "未整改"),
        ("未整改", "已整改"),
        ("不合格", "合格"),
        ("合格", "不合格"),
        ("发现异常", "未发现异常"),
        ("未发现", "发现异常"),
        ("unlocked", "locked"),
        ("not proved", "proved"),
        ("disproved", "proved"),
    ],
)
def test_an_opposite_is_no_hint(word: str, opposite: str) -> None:
    assert nearest_word(word, {opposite: "any"}) is None


@pytest.mark.parametrize("word", ["无问题", "未发现问题", "没有异常", "未见违规", "一切正常"])
def test_a_visit_that_found_nothing_is_known_however_it_is_said(word: str) -> None:
    assert OUTCOMES[word] == "nothing"


def test_no_outcome_is_a_hint_for_one_that_turns_it_round() -> None:
    # 不合格 is like 合格 by two of three signs.
    assert nearest_word("不合格", {"合格": "nothing"}) is None
    assert nearest_word("查实了", OUTCOMES) == "查实"


@pytest.mark.parametrize("word", ['say "no"', "back\\slash", "无问题"])
def test_the_line_is_toml_whatever_the_word(word: str) -> None:
    assert tomllib.loads(toml_line(word, "nothing")) == {word: "nothing"}
