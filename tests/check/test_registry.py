"""Tests name the rule that they prove, and the page of the rule book is the rule book as it is."""

from __future__ import annotations

import re

import pytest

from docs.tools.rule_tests import TESTS, rule_tests, rule_tests_section
from geodata.message_catalogue import load_texts
from sweep.check import rule_registry
from sweep.check.rule_registry import RULES
from sweep.cli.rules import rules_page
from sweep.rulebook.numbered_rules import BOOK

# No plan can break it: it is about what is read.
JUDGED_ELSEWHERE = {"C30"}


def test_the_rules_are_numbered_without_gaps() -> None:
    assert list(BOOK) == [f"C{n + 1:02d}" for n in range(len(BOOK))]
    assert len(BOOK) >= 35


def test_every_rule_is_judged_by_the_checker() -> None:
    assert set(BOOK) - set(RULES) == JUDGED_ELSEWHERE


def test_no_number_is_checked_by_two_functions() -> None:
    checks = {
        c for part in rule_registry._PARTS for name, c in vars(part).items() if re.match(r"check_[cp]\d\d_", name)
    }
    assert len(checks) == len(RULES)


@pytest.mark.parametrize("rule_id", BOOK)
def test_every_rule_has_three_tests_that_exist(rule_id: str) -> None:
    for kind in ("kept", "found", "told"):
        file, _, function = rule_tests()[rule_id, kind].partition("::")
        assert f"def {function.partition('[')[0]}(" in (TESTS / file).read_text(encoding="utf-8")


def test_the_page_is_the_rule_book() -> None:
    page = (TESTS.parent / "docs" / "rules.md").read_text(encoding="utf-8")
    texts = load_texts("en")
    assert page == rules_page(texts) + rule_tests_section(texts)
