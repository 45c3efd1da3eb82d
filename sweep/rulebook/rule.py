"""One rule of the trade. Its title, its basis and its breach are in the catalogue under its id."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum

REPORTED_PEOPLE = "rules/test_reported_people.py::test_the_report_says_how_the_rule_was_kept"
REPORTED_SITES = "rules/test_reported_sites.py::test_the_report_has_the_line_of_the_rule"


class Force(StrEnum):
    """How far a rule binds."""

    HARD = "hard"
    """A plan that breaks it is refused; no scenario can switch it off."""
    STRICT = "strict"
    """The same, but a scenario may switch it off with a written reason."""
    SOFT = "soft"
    """Kept as far as there is room; a breach is reported and stops nothing; may be switched off as a strict one."""


class Stage(StrEnum):
    """Where a rule is enforced."""

    READ = "read"
    RANK = "rank"
    SELECT = "select"
    PLAN = "plan"
    CHECK = "check"
    PUBLISH = "publish"


@dataclass(frozen=True, slots=True)
class RuleTests:
    """The tests that prove a rule, as `file::function` or `file::function[id]`, files under tests/; empty: none yet."""

    found: str
    """A plan or an input that breaks it alone is found, with its id and the place."""
    kept: str = ""
    """Keeping it costs value, and it is kept."""
    reported: str = ""
    """The report says that it was kept, or how far."""


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule of the trade."""

    rule_id: str
    force: Force
    stages: tuple[Stage, ...]
    parameters: tuple[str, ...] = ()
    """Keys of scenario.toml that set it, `section.key`."""
    tests: RuleTests | None = None

    @property
    def is_switchable(self) -> bool:
        """Whether a scenario may switch it off."""
        return self.force is not Force.HARD


def tests_of(part: str, reported: str) -> Callable[[str, str], RuleTests]:
    """What gives the tests of a rule of a part of the book, by its id and by the test that it is kept."""

    def tests(rule_id: str, kept: str) -> RuleTests:
        found = f"check/test_rules.py::test_a_breach_is_found_with_its_place[{rule_id}]"
        return RuleTests(found, f"rules/test_kept_{part}.py::{kept}", f"{reported}[{rule_id}]")

    return tests
