"""[rules]: which of the switchable rules a scenario does without, and why."""

from __future__ import annotations

from collections.abc import Mapping

from pydantic import Field, field_validator

from sweep.rulebook.book import BOOK
from sweep.scenario.refusals import refused
from sweep.scenario.section import Section

LEAST_REASON = 10


class RuleSettings(Section):
    """[rules]: rules that are switched off; see docs/rules.md."""

    off: Mapping[str, str] = Field(default_factory=dict)
    """`[rules.off]`: reason for each rule that is switched off, by rule id; every report repeats it."""

    @field_validator("off")
    @classmethod
    def _may_be_off(cls, value: Mapping[str, str]) -> Mapping[str, str]:
        unknown = sorted(set(value) - set(BOOK))
        if unknown:
            raise refused("unknown_rules", names=", ".join(unknown))
        hard = sorted(i for i in value if not BOOK[i].is_switchable)
        if hard:
            raise refused("hard_rules", names=", ".join(hard))
        bare = sorted(i for i, reason in value.items() if len(reason.strip()) < LEAST_REASON)
        if bare:
            raise refused("reason", n=LEAST_REASON, names=", ".join(bare))
        return value
