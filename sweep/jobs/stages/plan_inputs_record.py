"""Record `PlanInputs`: all inputs of a plan of one day, which every job shares."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sweep.inputs.matched_inputs import Inputs
from sweep.inputs.visit_reasons_from_inputs import target_reasons
from sweep.jobs.stages.rank_day import Ranked, rank
from sweep.jobs.stages.select_day import VisitsOnOffer, select
from sweep.records.visits import TargetReason, Visit
from sweep.scenario.scenario import Scenario


@dataclass(frozen=True, slots=True)
class PlanInputs:
    """All inputs of a plan: scenario, tables, ranking, and the visits that the selection allows."""

    scenario: Scenario
    inputs: Inputs
    ranked: Ranked
    offered: VisitsOnOffer
    reasons: Mapping[str, tuple[TargetReason, ...]]
    """Reasons for the building and for each firm of a visit, by visit id (C29)."""

    @property
    def visits(self) -> dict[str, Visit]:
        """Visits that the plan may include, by id."""
        return {v.visit_id: v for v in self.offered.offer.visits}


def prepare(scenario: Scenario, inputs: Inputs, ranked: Ranked, offered: VisitsOnOffer) -> PlanInputs:
    """Return all inputs of a plan as one record, with the reasons for inspecting each building and firm on offer."""
    reasons = target_reasons(offered.offer.visits, inputs, scenario.draw_seed, scenario.law.special)
    return PlanInputs(scenario, inputs, ranked, offered, reasons)


def rank_and_select(scenario: Scenario, inputs: Inputs, urgent: Sequence[Visit] = ()) -> PlanInputs:
    """
    Rank the buildings, select visits, and return all inputs of a plan, given clean tables.

    `urgent`: urgent visits of the day's events, which are on offer in addition to the selected ones.

    Raises
    ------
    InputError
        If a place is too far from every road.
    """
    ranked = rank(scenario, inputs)
    return prepare(scenario, inputs, ranked, select(scenario, inputs, ranked, urgent))
