"""Settings that the rules of a plan and of a campaign refer to."""

from collections.abc import Mapping
from dataclasses import dataclass, fields
from datetime import date

from sweep.scenario.inspection_hours import Hours
from sweep.scenario.law_and_form_settings import Codes, Form, Law, RuleSettings
from sweep.scenario.plan_settings import PlanSettings, Teams
from sweep.scenario.scenario import Scenario
from sweep.scenario.selection_settings import Select


@dataclass(frozen=True, slots=True)
class CheckSettings:
    """Day and sections of a scenario that the rules refer to."""

    day: date
    hours: Hours
    law: Law
    codes: Codes
    form: Form
    rules: RuleSettings
    select: Select
    teams: Teams
    plan: PlanSettings
    every: Mapping[str, object]
    """Every setting as JSON values, by section; rules C25 and C31 search them for forbidden settings."""


def settings_for_check(scenario: Scenario) -> CheckSettings:
    """Return the settings of a scenario that the rules refer to."""
    named = {f.name: getattr(scenario, f.name) for f in fields(CheckSettings) if f.name != "every"}
    return CheckSettings(**named, every=scenario.model_dump(mode="json"))
