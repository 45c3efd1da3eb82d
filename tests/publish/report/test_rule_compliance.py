"""What the report says of each rule."""

from __future__ import annotations

from dataclasses import replace

from sweep.publish.report.rule_compliance import changed_parameters
from sweep.rulebook.numbered_rules import BOOK
from tests.publish.small_edition import small_edition


def test_a_parameter_that_has_no_default_is_shown_without_one() -> None:
    edition = small_edition()
    select = edition.scenario.select.model_copy(update={"draw_commitment": "ab"})
    changed = replace(edition, scenario=edition.scenario.model_copy(update={"select": select}))
    shown = [p for rule in BOOK.values() for p in changed_parameters(changed, rule)]
    assert 'select.draw_commitment = "ab" (–)' in shown
