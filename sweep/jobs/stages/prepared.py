"""All that a plan is made from, and judged against, in one record that every job passes whole."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sweep.inputs.inputs import Inputs
from sweep.inputs.visit_reasons import target_reasons
from sweep.jobs.stages.rank_day import Ranked, rank
from sweep.jobs.stages.select_day import Offered, select
from sweep.records.visits import TargetReason, Visit
from sweep.scenario.scenario import Scenario


@dataclass(frozen=True, slots=True)
class Prepared:
    """A scenario, what stands in its files, what was ranked and what is on offer."""

    scenario: Scenario
    inputs: Inputs
    ranked: Ranked
    offered: Offered
    reasons: Mapping[str, tuple[TargetReason, ...]]
    """Why its building, and each of its firms, is on the list, by visit id (C29)."""

    @property
    def visits(self) -> dict[str, Visit]:
        """Every visit on offer, by id."""
        return {v.visit_id: v for v in self.offered.offer.visits}


def prepare(scenario: Scenario, inputs: Inputs, ranked: Ranked, offered: Offered) -> Prepared:
    """The record of what the stages up to the plan gave, with the reasons of every visit on offer."""
    reasons = target_reasons(offered.offer.visits, inputs, scenario.draw_seed, scenario.law.special)
    return Prepared(scenario, inputs, ranked, offered, reasons)


def rank_and_select(scenario: Scenario, inputs: Inputs, urgent: Sequence[Visit] = ()) -> Prepared:
    """
    Clean inputs up to the plan, for the jobs that do not run the whole day.

    Raises
    ------
    InputError
        If a place lies too far from every road.
    """
    ranked = rank(scenario, inputs)
    return prepare(scenario, inputs, ranked, select(scenario, inputs, ranked, urgent))
