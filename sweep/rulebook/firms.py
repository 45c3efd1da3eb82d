"""What a firm and a building may be asked to bear (C06, C11, C15, C24, C28)."""

from __future__ import annotations

from sweep.rulebook.rule import Force, Rule, Stage, tests_of

_SELECT, _CHECK = Stage.SELECT, Stage.CHECK

FIRM_RULES = (
    Rule(
        "C06",
        Force.HARD,
        (_SELECT, _CHECK),
        ("select.annual_cap", "select.cap_exempt", "select.case_soft_cap"),
        tests_of("C06"),
    ),
    Rule(
        "C11",
        Force.STRICT,
        (_SELECT, _CHECK),
        tests=tests_of("C11"),
    ),
    Rule(
        "C15",
        Force.HARD,
        (_SELECT, _CHECK),
        ("law.dwelling_certificates",),
        tests_of("C15"),
    ),
    Rule(
        "C24",
        Force.SOFT,
        (_SELECT, Stage.PLAN, _CHECK),
        ("plan.disturbance_weight", "select.n_targets_max"),
        tests_of("C24"),
    ),
    Rule(
        "C28",
        Force.HARD,
        (_SELECT, Stage.PLAN, _CHECK),
        ("select.cooldown_days",),
        tests_of("C28"),
    ),
)
