"""Registry of the checks that bind across days, and the verification of a campaign by all of them."""

from collections.abc import Callable, Iterator

from sweep.check.campaign import days, over_days, people
from sweep.check.campaign.inputs import CampaignInputs
from sweep.records.plan import Violation

Rule = Callable[[CampaignInputs], Iterator[Violation]]

RULES: dict[str, Rule] = {
    "M01": days.check_m01_calendar,
    "M02": people.check_m02_on_duty,
    "M03": people.check_m03_one_team,
    "M04": people.check_m04_limits,
    "M05": days.check_m05_times,
    "M06": days.check_m06_freeze,
    "M07": days.check_m07_value,
    "M08": over_days.check_m08_promises,
    "C01": people.check_c01_officers,
    "C04": over_days.check_c04_stocktake,
    "C05": over_days.check_c05_basis,
    "C06": over_days.check_c06_yearly_cap,
    "C07": over_days.check_c07_lists,
    "C08": over_days.check_c08_share,
    "C09": days.check_c09_draws,
    "C11": days.check_c11_once,
    "C22": over_days.check_c22_leads,
    "C27": over_days.check_c27_rechecks,
    "C28": over_days.check_c28_rotation,
    "P10": days.check_p10_pins,
}
# Soft rules are reported but do not reject: no plan can keep them all when time is short.
SOFT = frozenset({"C22", "M08"})


def check_campaign(inputs: CampaignInputs) -> tuple[Violation, ...]:
    """Violations of all rules that the scenario has not switched off, in the order of the rules."""
    off = inputs.scenario.rules.off
    return tuple(v for rule_id, rule in RULES.items() if rule_id not in off for v in rule(inputs))
