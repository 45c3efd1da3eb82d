"""CHECK: verification of a plan, the buildings that it reaches, and the spread of visits over buildings."""

from dataclasses import dataclass, replace

from sweep.check.checker_inputs import CheckInputs, PreviousPlan
from sweep.check.concentration import measure_concentration
from sweep.check.count_past_inspections import count_inspections
from sweep.check.coverage_counts import measure_coverage
from sweep.check.lead_deadlines import open_due
from sweep.check.rule_registry import check_plan, hard_and_soft
from sweep.day.event_records import DayLog
from sweep.day.journal.journal_entry import Entry
from sweep.follow.rechecks import due_rechecks
from sweep.inputs.make_records import make_leads, make_other_inspections, make_past
from sweep.inputs.police_only_data import under_investigation
from sweep.jobs.stages.plan_inputs_record import PlanInputs
from sweep.records.buildings import Lead
from sweep.records.plan import Coverage, Plan, Violation
from sweep.records.prevalence_and_check_concentration import Concentration
from sweep.scenario.checker_settings import settings_for_check
from sweep.select.target_firms import active_firms


@dataclass(frozen=True, slots=True)
class CheckedPlan:
    """Plan with its violations, the buildings it reaches, the spread of visits over buildings, and the due leads."""

    plan: Plan
    log: DayLog | None
    """Events of the day; None if the plan was not changed during the day."""
    violations: tuple[Violation, ...]
    """Violations of hard rules, which prevent publication."""
    soft_violations: tuple[Violation, ...]
    """Violations of soft rules, which prevent nothing."""
    coverage: tuple[Coverage, ...]
    """Buildings, firms and leads that the plan reaches: of all, then of each district, cluster and track."""
    concentration: Concentration
    """Spread of the past year's visits, and of those of the plan, over buildings."""
    due_leads: tuple[Lead, ...]
    """Leads due by the end of the day that no earlier visit has answered (C22)."""


def check(
    prepared: PlanInputs,
    plan: Plan,
    log: DayLog | None = None,
    before: PreviousPlan | None = None,
    reports: tuple[Entry, ...] = (),
) -> CheckedPlan:
    """Return a verified plan; `log`, `before`, `reports`: events, previous plan and journal of a changed day."""
    inputs, ranked = prepared.inputs, prepared.ranked
    against = replace(check_inputs(prepared, log, before), reports=reports)
    violations, soft_violations = hard_and_soft(check_plan(against, plan))
    firms = active_firms(inputs.firms)["uscc"]
    return CheckedPlan(
        plan=plan,
        log=log,
        violations=violations,
        soft_violations=soft_violations,
        coverage=measure_coverage(ranked.buildings, ranked.ranking.table, ranked.clusters, against.visits, plan),
        concentration=measure_concentration(against, plan, inputs.history, inputs.leads, firms),
        due_leads=tuple(lead for lead, _ in open_due(against)),
    )


def check_inputs(prepared: PlanInputs, log: DayLog | None = None, before: PreviousPlan | None = None) -> CheckInputs:
    """Return the data that the checker verifies a plan against; `log`, `before`: as for `check`."""
    scenario, inputs, ranked, offered = prepared.scenario, prepared.inputs, prepared.ranked, prepared.offered
    classes = inputs.firms.dropna(subset="credit_class")
    past, active = make_past(inputs), active_firms(inputs.firms)
    due = due_rechecks(inputs.rechecks, scenario.day)
    return CheckInputs(
        settings=settings_for_check(scenario),
        buildings=ranked.buildings,
        persons=ranked.persons,
        bases=ranked.bases,
        visits=prepared.visits,
        draw=offered.offer.draw,
        n_inspections=count_inspections(past, scenario.day, scenario.select.cap_exempt),
        credit_class=dict(zip(classes["uscc"], classes["credit_class"], strict=True)),
        places=offered.places,
        travel_s=offered.table.duration_s,
        distance_m=offered.table.distance_m,
        rechecks={r.recheck_id: r for r in due if r.building_id not in inputs.unreachable},
        withheld=under_investigation(inputs, scenario.day),
        log=log,
        before=before,
        reasons=prepared.reasons,
        leads=make_leads(inputs),
        past=past,
        other_inspections=make_other_inspections(inputs),
        dwellings=frozenset(active["uscc"][active["unit_use"].isin(["dwelling", "mixed"])]),
        n_register=len(active),
        half_life_days=ranked.ranking.half_life_days,
        pins=inputs.pins,
        term_keys=frozenset(t.key for terms in ranked.ranking.terms.values() for t in terms),
    )
