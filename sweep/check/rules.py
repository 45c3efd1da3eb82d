"""Registry of the rule checks by number, and the check of a plan by all of them."""

import re
from collections.abc import Callable, Collection, Iterator

from sweep.check import (
    disclosure_rules,
    firm_burden,
    lead_deadlines,
    legal_basis,
    officer_rules,
    pin_compliance,
    plan_consistency,
    simulated_service_times,
    site_entry,
)
from sweep.check.check_inputs import CheckInputs
from sweep.check.day import event_compliance, journal_compliance
from sweep.records.plan import Plan, Violation
from sweep.rulebook.numbered_rules import is_soft

Rule = Callable[[CheckInputs, Plan], Iterator[Violation]]

_PARTS = (
    disclosure_rules,
    event_compliance,
    firm_burden,
    journal_compliance,
    lead_deadlines,
    legal_basis,
    officer_rules,
    pin_compliance,
    plan_consistency,
    simulated_service_times,
    site_entry,
)
_NAME = re.compile(r"check_([cp]\d\d)_")
_CHECKS = {m[1].upper(): check for part in _PARTS for name, check in vars(part).items() if (m := _NAME.match(name))}
RULES: dict[str, Rule] = dict(sorted(_CHECKS.items(), key=lambda item: (item[0] < "P", item[0])))
"""Functions `check_<id>_...` by rule, those of the form of a plan (P) first."""

# Rules on the reasons for an offered visit, which a re-plan cannot affect.
OF_THE_OFFER = frozenset({"C05", "C06", "C23", "C24", "C29", "C33"})


def check_plan(inputs: CheckInputs, plan: Plan, without: Collection[str] = ()) -> tuple[Violation, ...]:
    """Return the violations of all rules, in the rule book's order, except rules switched off or in `without`."""
    off = {*inputs.scenario.rules.off, *without}
    return tuple(v for rule_id, rule in RULES.items() if rule_id not in off for v in rule(inputs, plan))


def hard_and_soft(violations: tuple[Violation, ...]) -> tuple[tuple[Violation, ...], tuple[Violation, ...]]:
    """Split violations into those of hard rules, which reject the plan, and those of soft rules, only reported."""
    hard = tuple(v for v in violations if not is_soft(v.rule_id))
    return hard, tuple(v for v in violations if is_soft(v.rule_id))
