"""When and how a site is entered (C13, C14, C16, C17, C18, C21)."""

from __future__ import annotations

from sweep.rulebook.rule import Force, Rule, Stage, tests_of

_SELECT, _PLAN, _CHECK = Stage.SELECT, Stage.PLAN, Stage.CHECK

SITE_RULES = (
    Rule(
        "C13",
        Force.HARD,
        (Stage.READ, _SELECT, _PLAN, _CHECK),
        ("hours.working_s", "hours.holidays", "hours.workdays", "hours.approval"),
        tests_of("C13"),
    ),
    Rule(
        "C14",
        Force.HARD,
        (_SELECT, _PLAN, _CHECK),
        ("law.certificate", "law.certificates"),
        tests_of("C14"),
    ),
    Rule(
        "C16",
        Force.HARD,
        (_SELECT, _PLAN, _CHECK),
        ("plan.link_tolerance_s",),
        tests_of("C16"),
    ),
    Rule(
        "C17",
        Force.HARD,
        (_SELECT, _PLAN, _CHECK),
        ("plan.cordon_minutes",),
        tests_of("C17"),
    ),
    Rule(
        "C18",
        Force.STRICT,
        (_PLAN, _CHECK),
        ("teams.reserve_share",),
        tests_of("C18"),
    ),
    Rule(
        "C21",
        Force.SOFT,
        (_PLAN, _CHECK),
        ("plan.service_quantile", "plan.entry_low_minutes", "plan.entry_high_minutes"),
        tests_of("C21"),
    ),
)
