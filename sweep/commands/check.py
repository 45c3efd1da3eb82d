"""`sweep check`: a plan, an edition or a handout judged from the inputs."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from sweep.commands.terminal.exits import Exit
from sweep.commands.terminal.voice import Voice, breach_json
from sweep.pipeline.edition_breaches import edition_breaches
from sweep.pipeline.handout_breaches import handout_breaches, is_handout
from sweep.pipeline.review import review_plan
from sweep.publish.archive.edition_json import edition_folder
from sweep.records.plan import Violation
from sweep.scenario.scenario import Scenario


def check_command(scenario: Scenario, voice: Voice, plan: Path) -> Exit:
    """Judge a plan file, an edition or a handout from the inputs; name every rule that it breaks."""
    if is_handout(plan):
        return _report(voice, handout_breaches(plan, scenario))
    edition = review_plan(scenario, plan)
    return _report(voice, (*edition.violations, *edition_breaches(edition_folder(plan))))


def _report(voice: Voice, violations: Sequence[Violation]) -> Exit:
    if voice.as_json:
        voice.json({"violations": [breach_json(v) for v in violations]})
    if violations:
        voice.breaches(violations)
        return Exit.RULE_BROKEN
    voice.line("command.no_violation")
    return Exit.DONE
