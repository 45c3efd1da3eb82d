"""One rule of the trade. Its title, its basis and its breach are in the catalogue under its id."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


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


def tests_of(rule_id: str, kept: str = "", reported: str = "") -> RuleTests:
    """The tests of a rule whose breach is in the table of tests/check/test_rules.py."""
    found = f"check/test_rules.py::test_a_breach_is_found_with_its_place[{rule_id}]"
    return RuleTests(found, kept, reported)
