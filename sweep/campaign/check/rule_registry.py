"""Registry of the rules that apply across days, and the check of a campaign against all of them."""

from collections.abc import Callable, Iterator

from sweep.campaign.check import duty_rules, frequency_rules, rules_over_days
from sweep.campaign.check.campaign_inputs import CampaignInputs
from sweep.check.rule_registry import checks_by_rule
from sweep.records.plan import Violation

Rule = Callable[[CampaignInputs], Iterator[Violation]]

RULES: dict[str, Rule] = checks_by_rule((rules_over_days, duty_rules, frequency_rules), "MCP")
# Soft rules are reported but do not reject: no plan can keep them all when time is short.
SOFT = frozenset({"C22", "C33", "C34", "M08"})


def check_campaign(inputs: CampaignInputs) -> tuple[Violation, ...]:
    """Return the violations of all rules that the scenario has not switched off, in the order of the rules."""
    off = inputs.settings.rules.off
    return tuple(v for rule_id, rule in RULES.items() if rule_id not in off for v in rule(inputs))
