"""Assembly of an edition (a plan with all data of its pages) from a verified plan and its inputs."""

from dataclasses import replace

import numpy as np
import pandas as pd
from shapely.geometry import LineString

from geodata.message_catalogue import Texts, load_texts
from sweep.check.bound.recompute_plan_value import costs_of
from sweep.check.count_past_inspections import empty_in_a_row
from sweep.inputs.make_records import make_firms, make_past
from sweep.inputs.police_only_data import without_firms
from sweep.inputs.row_losses import quarantine_issues
from sweep.jobs.stages.check_day import CheckedPlan
from sweep.jobs.stages.plan_day import spread_of
from sweep.jobs.stages.plan_id import plan_id
from sweep.jobs.stages.plan_inputs_record import PlanInputs
from sweep.jobs.stages.rank_day import Ranked
from sweep.plan.explain.cheapest_swaps import cheapest_swaps
from sweep.plan.problem.problem import Problem
from sweep.plan.problem.problem_file import problem_sha256, write_problem
from sweep.plan.simulate import simulate
from sweep.publish.edition import Edition
from sweep.records.buildings import Building
from sweep.records.people import MARKET_REGULATION, Base
from sweep.records.plan import Plan, Route
from sweep.select.law_and_draw_warnings import draw_warnings
from sweep.select.prevalence import reserve_prevalence


def bind_edition(prepared: PlanInputs, checked: CheckedPlan, problem: Problem | None = None) -> Edition:
    """
    Return a verified plan as an edition, with all data that its pages and tables show.

    Parameters
    ----------
    prepared
        Inputs from which the plan was made or checked.
    problem
        Problem of the plan. None for a plan read from a file: the edition then lacks swaps, simulation and costs.
    """
    scenario, inputs, ranked, offer = prepared.scenario, prepared.inputs, prepared.ranked, prepared.offered.offer
    plan, visits = checked.plan, prepared.visits
    prevalence = reserve_prevalence(inputs.history, scenario.day)
    n_officers = scenario.teams.min_certified[MARKET_REGULATION]
    draw_notes = draw_warnings(scenario.select, scenario.day, n_officers, offer, prevalence)
    return Edition(
        plan_id=plan_id(scenario, inputs.files, plan, checked.log),
        scenario=scenario,
        plan=plan,
        visits=visits,
        buildings=ranked.buildings,
        firms=make_firms(inputs, {u for v in visits.values() for u in v.targets}),
        bases=ranked.bases,
        persons=ranked.persons,
        ranking=ranking_table(ranked),
        terms=ranked.ranking.terms,
        clusters=ranked.clusters,
        draw=offer.draw,
        coverage=checked.coverage,
        violations=checked.violations,
        soft_violations=checked.soft_violations,
        unreachable=inputs.unreachable,
        empty_inspections=empty_in_a_row(make_past(inputs), scenario.day),
        footprints=inputs.buildings[["building_id", "geometry"]],
        streets=inputs.streets,
        water=inputs.water,
        borders=inputs.borders,
        # A plan that violates a rule may name unknown places, and gets no map.
        route_lines={} if checked.violations else {r.team_id: _route_lines(prepared, plan, r) for r in plan.routes},
        travel_method=prepared.offered.table.method,
        inputs=inputs.files,
        repairs=inputs.repairs,
        matches=inputs.matches,
        quarantine=_with_sentences(inputs.quarantine, load_texts(scenario.lang)),
        unmatched=inputs.unmatched,
        matched=without_firms(inputs.matched, inputs, scenario.day),
        prevalence=prevalence,
        concentration=checked.concentration,
        division_names=inputs.division_names,
        facts=ranked.facts,
        swaps=cheapest_swaps(problem, plan) if problem else {},
        simulation=simulate(problem, plan, spread_of(scenario)) if problem else None,
        costs=costs_of(write_problem(problem).encode(), plan) if problem and scenario.weights.is_set else {},
        problem_sha256=problem_sha256(problem) if problem else None,
        log=checked.log,
        reasons=prepared.reasons,
        rechecks=inputs.rechecks,
        pins=inputs.pins,
        # No file contains a firm under investigation (C26), though a lead may name it.
        due_leads=tuple(replace(lead, uscc=None) for lead in checked.due_leads),
        notes=(*ranked.notes, *prepared.offered.notes, *draw_notes),
    )


def ranking_table(ranked: Ranked) -> pd.DataFrame:
    """Return the ranking's table (one row per building, best first) with the column `cluster_id`; None: no cluster."""
    cluster = {b: c.cluster_id for c in ranked.clusters for b in c.building_ids}
    table = ranked.ranking.table.drop(columns=["x_m", "y_m"])
    ids = [cluster.get(b) for b in table["building_id"]]
    table.insert(2, "cluster_id", pd.Series(ids, dtype=object, index=table.index))
    return table


def _route_lines(prepared: PlanInputs, plan: Plan, route: Route) -> tuple[LineString, ...]:
    if not route.stops:
        return ()
    ranked = prepared.ranked
    base = ranked.bases[next(t.base_id for t in plan.teams if t.team_id == route.team_id)]
    where: list[Building | Base] = [base, *(ranked.buildings[s.building_id] for s in route.stops), base]
    return prepared.offered.travel.line(np.array([w.lon for w in where]), np.array([w.lat for w in where]))


def _with_sentences(quarantine: pd.DataFrame, texts: Texts) -> pd.DataFrame:
    issues = quarantine_issues(quarantine)
    sentences = quarantine.assign(what=[i.what(texts) for i in issues], fix=[i.fix(texts) for i in issues])
    return sentences[["file", "row", "code", "what", "fix", "content"]]
