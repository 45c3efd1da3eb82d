"""The table of tests of each rule, for the page of the rule book: the tests name their rule by the mark `rule`."""

import ast
from collections.abc import Iterator
from functools import cache

from docs.tools.markdown import table
from geodata.message_catalogue import Texts
from sweep.rulebook.numbered_rules import BOOK
from tests.paths import ROOT

TESTS = ROOT / "tests"
# Tests with one case a rule.
FOUND = "check/test_rule_registry.py::test_a_breach_is_found_with_its_place[{}]"
REPORTED = (
    "rules/test_reported_people.py::test_the_report_says_how_the_rule_was_kept[{}]",
    "rules/test_reported_sites.py::test_the_report_has_the_line_of_the_rule[{}]",
    "publish/report/test_papers.py::test_the_report_has_a_line_of_the_rule[zh_CN-{}]",
)


@cache
def rule_tests() -> dict[tuple[str, str], str]:
    """Names of tests, as `file::function` or `file::function[id]`, by rule and what they show: kept, found, told."""
    tests = {(rule_id, "found"): FOUND.format(rule_id) for rule_id in BOOK}
    for name in REPORTED:
        text = (TESTS / name.partition("::")[0]).read_text(encoding="utf-8")
        tests |= {(rule_id, "told"): name.format(rule_id) for rule_id in BOOK if f'"{rule_id}"' in text}
    return tests | dict(_marked())


def _marked() -> Iterator[tuple[tuple[str, str], str]]:
    for path in sorted(TESTS.rglob("test_*.py")):
        text = path.read_text(encoding="utf-8")
        for node in ast.parse(text).body if "mark.rule(" in text else ():
            for mark in node.decorator_list if isinstance(node, ast.FunctionDef) else ():
                if isinstance(mark, ast.Call) and ast.unparse(mark.func) == "pytest.mark.rule":
                    rule_id, *kind = map(ast.literal_eval, mark.args)
                    yield (rule_id, *(kind or ["kept"])), f"{path.relative_to(TESTS).as_posix()}::{node.name}"


def rule_tests_section(texts: Texts) -> str:
    """The last section of the page, as Markdown."""
    kinds, tests = ("kept", "found", "told"), rule_tests()
    rows = [(rule_id, *(f"`{tests[rule_id, kind]}`" for kind in kinds)) for rule_id in BOOK]
    head = [texts(f"rules.column.{c}") for c in ("id", *kinds)]
    return f"\n## {texts('rules.page_tests')}\n\n{texts('rules.page_tests_text')}\n\n{table(head, rows)}\n"
