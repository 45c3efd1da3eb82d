"""Registry of the rule checks by number, and the check of a plan by all of them."""

import re
from collections.abc import Callable, Collection, Iterable, Iterator
from types import ModuleType

from sweep.check import (
    disclosure_and_purpose_rules,
    firm_burden,
    lead_deadlines,
    legal_basis,
    officer_rules,
    pin_compliance,
    plan_consistency,
    simulated_days,
    site_entry,
)
from sweep.check.checker_inputs import CheckInputs
from sweep.check.day import agreement_with_journal, event_compliance
from sweep.records.plan import Plan, Violation
from sweep.rulebook.numbered_rules import is_soft

Rule = Callable[[CheckInputs, Plan], Iterator[Violation]]

_PARTS = (
    *(disclosure_and_purpose_rules, event_compliance, firm_burden, agreement_with_journal, lead_deadlines, legal_basis),
    *(officer_rules, pin_compliance, plan_consistency, simulated_days, site_entry),
)


def checks_by_rule(parts: Iterable[ModuleType], letters: str) -> dict[str, Callable[..., Iterator[Violation]]]:
    """
    Return the functions `check_<id>_...` of the modules `parts` by rule id, such as C05.

    `letters`: first letters of rule ids, such as C and P, in the order of the result; within a letter, ids ascend.
    """
    found = ((re.match(r"check_([a-z]\d\d)_", name), check) for part in parts for name, check in vars(part).items())
    checks = {named[1].upper(): check for named, check in found if named}
    return {rule_id: checks[rule_id] for rule_id in sorted(checks, key=lambda i: (letters.index(i[0]), i))}


RULES: dict[str, Rule] = checks_by_rule(_PARTS, "PC")
"""Checks by rule, those of the form of a plan (P) first."""

# Rules on the reasons for an offered visit, which a re-plan cannot affect.
OF_THE_OFFER = frozenset({"C05", "C06", "C23", "C24", "C29", "C33"})


def check_plan(inputs: CheckInputs, plan: Plan, without: Collection[str] = ()) -> tuple[Violation, ...]:
    """Return the violations of all rules, in the rule book's order; the settings or `without` (ids) leave rules out."""
    off = {*inputs.settings.rules.off, *without}
    return tuple(v for rule_id, rule in RULES.items() if rule_id not in off for v in rule(inputs, plan))


def hard_and_soft(violations: tuple[Violation, ...]) -> tuple[tuple[Violation, ...], tuple[Violation, ...]]:
    """Split violations into those of hard rules, which reject the plan, and those of soft rules, only reported."""
    hard = tuple(v for v in violations if not is_soft(v.rule_id))
    return hard, tuple(v for v in violations if is_soft(v.rule_id))
