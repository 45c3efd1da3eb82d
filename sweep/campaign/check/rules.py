"""Registry of the checks that bind across days, and the verification of a campaign by all of them."""

from collections.abc import Callable, Iterator

from sweep.campaign.check import calendar_rules, duty_rules, frequency_rules
from sweep.campaign.check.campaign_inputs import CampaignInputs
from sweep.records.plan import Violation

Rule = Callable[[CampaignInputs], Iterator[Violation]]

RULES: dict[str, Rule] = {
    "M01": calendar_rules.check_m01_calendar,
    "M02": duty_rules.check_m02_on_duty,
    "M03": duty_rules.check_m03_one_team,
    "M04": duty_rules.check_m04_limits,
    "M05": calendar_rules.check_m05_times,
    "M06": calendar_rules.check_m06_freeze,
    "M07": calendar_rules.check_m07_value,
    "M08": frequency_rules.check_m08_promises,
    "C01": duty_rules.check_c01_officers,
    "C04": frequency_rules.check_c04_stocktake,
    "C05": frequency_rules.check_c05_basis,
    "C06": frequency_rules.check_c06_yearly_cap,
    "C07": frequency_rules.check_c07_lists,
    "C08": frequency_rules.check_c08_share,
    "C09": calendar_rules.check_c09_draws,
    "C11": calendar_rules.check_c11_once,
    "C22": frequency_rules.check_c22_leads,
    "C27": frequency_rules.check_c27_rechecks,
    "C28": frequency_rules.check_c28_rotation,
    "C33": frequency_rules.check_c33_frequency,
    "C34": frequency_rules.check_c34_empty_inspections,
    "P10": calendar_rules.check_p10_pins,
}
# Soft rules are reported but do not reject: no plan can keep them all when time is short.
SOFT = frozenset({"C22", "C33", "C34", "M08"})


def check_campaign(inputs: CampaignInputs) -> tuple[Violation, ...]:
    """Return the violations of all rules that the scenario has not switched off, in the order of the rules."""
    off = inputs.scenario.rules.off
    return tuple(v for rule_id, rule in RULES.items() if rule_id not in off for v in rule(inputs))
