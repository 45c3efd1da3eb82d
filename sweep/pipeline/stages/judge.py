"""CHECK: what rules a plan breaks, what it reaches, and how checks are spread with it."""

from __future__ import annotations

from sweep.check.concentration import measure_concentration
from sweep.check.coverage import measure_coverage
from sweep.check.history import count_inspections
from sweep.check.inputs import CheckInputs
from sweep.check.rules import check_plan
from sweep.day.events import DayLog
from sweep.follow.rechecks import due_rechecks
from sweep.pipeline.inputs.inputs import District
from sweep.pipeline.inputs.reasons import target_reasons
from sweep.pipeline.inputs.records import make_leads, make_past
from sweep.pipeline.inputs.secrets import under_investigation
from sweep.pipeline.stages.ground import Ground
from sweep.pipeline.stages.task import Task
from sweep.records.oversight import Concentration
from sweep.records.plan import Coverage, Plan, Violation
from sweep.records.visits import Visit
from sweep.scenario.scenario import Scenario
from sweep.select.targets import active_firms


def judge(
    scenario: Scenario,
    district: District,
    ground: Ground,
    task: Task,
    plan: Plan,
    log: DayLog | None = None,
    before: Plan | None = None,
) -> tuple[tuple[Violation, ...], tuple[Coverage, ...], Concentration]:
    """What rules the plan breaks, what it reaches, and how checks are spread with it."""
    inputs = check_inputs(scenario, district, ground, task, log, before)
    active = active_firms(district.firms)
    coverage = measure_coverage(ground.buildings, ground.ranking.table, ground.clusters, inputs.visits, plan)
    return (
        check_plan(inputs, plan),
        coverage,
        measure_concentration(inputs, plan, district.history, district.leads, active["uscc"]),
    )


def check_inputs(
    scenario: Scenario,
    district: District,
    ground: Ground,
    task: Task,
    log: DayLog | None = None,
    before: Plan | None = None,
) -> CheckInputs:
    """All that a plan is judged against."""
    classes = district.firms.dropna(subset="credit_class")
    past, active = make_past(district), active_firms(district.firms)
    visits: dict[str, Visit] = {v.visit_id: v for v in task.offer.visits}
    return CheckInputs(
        scenario=scenario,
        buildings=ground.buildings,
        persons=ground.persons,
        bases=ground.bases,
        visits=visits,
        draw=task.offer.draw,
        n_inspections=count_inspections(past, scenario.day, scenario.select.cap_exempt),
        credit_class=dict(zip(classes["uscc"], classes["credit_class"], strict=True)),
        places=task.places,
        travel_s=task.table.duration_s,
        rechecks={r.recheck_id: r for r in due_rechecks(district.rechecks, scenario.day)},
        withheld=under_investigation(district, scenario.day),
        log=log,
        before=before,
        reasons=target_reasons(visits.values(), district, scenario.select.draw_seed),
        leads=make_leads(district),
        past=past,
        dwellings=frozenset(active["uscc"][active["unit_use"].isin(["dwelling", "mixed"])]),
        n_register=len(active),
        half_life_days=ground.ranking.half_life_days,
        term_keys=frozenset(t.key for terms in ground.ranking.terms.values() for t in terms),
    )
