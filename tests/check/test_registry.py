"""The rule book names the tests that prove each rule, and its page in the docs is the rule book as it is."""

from __future__ import annotations

import ast

import pytest

from geodata.message_catalogue import load_texts
from sweep.check.rules import RULES
from sweep.cli.rules import rules_page
from sweep.rulebook.numbered_rules import BOOK
from tests.paths import ROOT

TESTS = ROOT / "tests"
# No plan can break it: it is about what is read.
JUDGED_ELSEWHERE = {"C30"}


def named_tests() -> list[str]:
    return [x for rule in BOOK.values() for x in (rule.tests.found, rule.tests.kept, rule.tests.reported) if x]


def test_every_number_from_1_to_35_is_in_the_book() -> None:
    assert list(BOOK) == [f"C{n:02d}" for n in range(1, 36)]


def test_every_rule_is_judged_by_the_checker() -> None:
    assert set(BOOK) - set(RULES) == JUDGED_ELSEWHERE


@pytest.mark.parametrize("rule_id", BOOK)
def test_every_rule_names_its_three_tests(rule_id: str) -> None:
    tests = BOOK[rule_id].tests
    assert all((tests.found, tests.kept, tests.reported))


@pytest.mark.parametrize("name", named_tests())
def test_every_test_that_is_named_is_there(name: str) -> None:
    file, _, function = name.partition("::")
    tree = ast.parse((TESTS / file).read_text(encoding="utf-8"))
    functions = {node.name for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)}
    assert function.partition("[")[0] in functions


def test_the_page_is_the_rule_book() -> None:
    page = (TESTS.parent / "docs" / "rules.md").read_text(encoding="utf-8")
    assert page == rules_page(load_texts("en"))
