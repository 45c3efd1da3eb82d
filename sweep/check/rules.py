"""Registry of the rule checks by number, and the check of a plan by all of them."""

from collections.abc import Callable, Collection, Iterator

from sweep.check import (
    disclosure_rules,
    firm_burden,
    lead_deadlines,
    legal_basis,
    officer_rules,
    plan_consistency,
    simulated_service_times,
    site_entry,
)
from sweep.check.check_inputs import CheckInputs
from sweep.check.day.event_compliance import check_p09_the_day
from sweep.check.day.journal_compliance import check_p15_reports
from sweep.check.pin_compliance import check_p10_pins
from sweep.records.plan import Plan, Violation
from sweep.rulebook.numbered_rules import is_soft

Rule = Callable[[CheckInputs, Plan], Iterator[Violation]]

RULES: dict[str, Rule] = {
    "P01": plan_consistency.check_p01_one_team_each,
    "P02": plan_consistency.check_p02_windows,
    "P03": plan_consistency.check_p03_travel,
    "P04": plan_consistency.check_p04_slots,
    "P05": plan_consistency.check_p05_known,
    "P06": plan_consistency.check_p06_shift,
    "P07": plan_consistency.check_p07_service,
    "P08": plan_consistency.check_p08_people,
    "P09": check_p09_the_day,
    "P10": check_p10_pins,
    "P15": check_p15_reports,
    "C01": officer_rules.check_c01_two_officers,
    "C02": officer_rules.check_c02_certified,
    "C03": officer_rules.check_c03_helpers,
    "C04": legal_basis.check_c04_stocktake,
    "C05": legal_basis.check_c05_basis,
    "C06": firm_burden.check_c06_annual_cap,
    "C07": legal_basis.check_c07_special_approval,
    "C08": legal_basis.check_c08_no_blanket,
    "C09": legal_basis.check_c09_draw,
    "C10": officer_rules.check_c10_recusal,
    "C11": firm_burden.check_c11_merge_once,
    "C12": officer_rules.check_c12_home_district,
    "C13": site_entry.check_c13_working_hours,
    "C14": site_entry.check_c14_certificate,
    "C15": firm_burden.check_c15_dwelling,
    "C16": site_entry.check_c16_together,
    "C17": site_entry.check_c17_exits,
    "C18": site_entry.check_c18_reserve,
    "C19": officer_rules.check_c19_female_officer,
    "C20": officer_rules.check_c20_duty,
    "C21": simulated_service_times.check_c21_service_time,
    "C22": lead_deadlines.check_c22_due,
    "C23": lead_deadlines.check_c23_decay,
    "C24": firm_burden.check_c24_disturbance,
    "C25": disclosure_rules.check_c25_no_quota,
    "C26": disclosure_rules.check_c26_compartments,
    "C27": disclosure_rules.check_c27_rechecks,
    "C28": firm_burden.check_c28_rotation,
    "C29": disclosure_rules.check_c29_reasons,
    "C31": disclosure_rules.check_c31_offline,
    "C32": legal_basis.check_c32_form,
    "C33": firm_burden.check_c33_frequency,
    "C34": firm_burden.check_c34_empty_inspections,
    "C35": legal_basis.check_c35_annual_plan,
}

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
