"""CHECK: what rules a plan breaks, what it reaches, and how checks are spread with it."""

from __future__ import annotations

from sweep.check.concentration import measure_concentration
from sweep.check.coverage import measure_coverage
from sweep.check.history import count_inspections
from sweep.check.inputs import CheckInputs
from sweep.check.rules import check_plan
from sweep.day.events import DayLog
from sweep.follow.rechecks import due_rechecks
from sweep.pipeline.inputs.inputs import Inputs
from sweep.pipeline.inputs.reasons import target_reasons
from sweep.pipeline.inputs.records import make_leads, make_past
from sweep.pipeline.inputs.secrets import under_investigation
from sweep.pipeline.stages.offered import Offered
from sweep.pipeline.stages.ranked import Ranked
from sweep.records.oversight import Concentration
from sweep.records.plan import Coverage, Plan, Violation
from sweep.records.visits import Visit
from sweep.scenario.scenario import Scenario
from sweep.select.targets import active_firms


def judge(
    scenario: Scenario,
    inputs: Inputs,
    ranked: Ranked,
    offered: Offered,
    plan: Plan,
    log: DayLog | None = None,
    before: Plan | None = None,
) -> tuple[tuple[Violation, ...], tuple[Coverage, ...], Concentration]:
    """What rules the plan breaks, what it reaches, and how checks are spread with it."""
    judged = check_inputs(scenario, inputs, ranked, offered, log, before)
    active = active_firms(inputs.firms)
    coverage = measure_coverage(ranked.buildings, ranked.ranking.table, ranked.clusters, judged.visits, plan)
    return (
        check_plan(judged, plan),
        coverage,
        measure_concentration(judged, plan, inputs.history, inputs.leads, active["uscc"]),
    )


def check_inputs(
    scenario: Scenario,
    inputs: Inputs,
    ranked: Ranked,
    offered: Offered,
    log: DayLog | None = None,
    before: Plan | None = None,
) -> CheckInputs:
    """All that a plan is judged against."""
    classes = inputs.firms.dropna(subset="credit_class")
    past, active = make_past(inputs), active_firms(inputs.firms)
    visits: dict[str, Visit] = {v.visit_id: v for v in offered.offer.visits}
    return CheckInputs(
        scenario=scenario,
        buildings=ranked.buildings,
        persons=ranked.persons,
        bases=ranked.bases,
        visits=visits,
        draw=offered.offer.draw,
        n_inspections=count_inspections(past, scenario.day, scenario.select.cap_exempt),
        credit_class=dict(zip(classes["uscc"], classes["credit_class"], strict=True)),
        places=offered.places,
        travel_s=offered.table.duration_s,
        rechecks={r.recheck_id: r for r in due_rechecks(inputs.rechecks, scenario.day)},
        withheld=under_investigation(inputs, scenario.day),
        log=log,
        before=before,
        reasons=target_reasons(visits.values(), inputs, scenario.select.draw_seed),
        leads=make_leads(inputs),
        past=past,
        dwellings=frozenset(active["uscc"][active["unit_use"].isin(["dwelling", "mixed"])]),
        n_register=len(active),
        half_life_days=ranked.ranking.half_life_days,
        term_keys=frozenset(t.key for terms in ranked.ranking.terms.values() for t in terms),
    )
