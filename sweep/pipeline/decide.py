"""RANK, SELECT, PLAN, CHECK: from clean tables to a plan that has been judged."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from geodata.errors import InputError, Issue
from geodata.roads.network import UNREACHABLE, Travel, TravelTable, cut_off_from_roads, far_from_roads
from sweep.check.concentration import measure_concentration
from sweep.check.coverage import measure_coverage
from sweep.check.history import count_inspections
from sweep.check.inputs import CheckInputs
from sweep.check.rules import check_plan
from sweep.events import DayLog
from sweep.follow.rechecks import due_rechecks
from sweep.oversight import Concentration
from sweep.pipeline.inputs import District
from sweep.pipeline.ranker import frozen_at, make_ranker
from sweep.pipeline.reasons import target_reasons
from sweep.pipeline.records import make_bases, make_buildings, make_leads, make_past, make_persons
from sweep.pipeline.secrets import under_investigation
from sweep.pipeline.travel import make_travel
from sweep.plan.feasible import contradictions
from sweep.plan.problem import Problem, TeamRules, Weights
from sweep.plan.solve import Progress, Settings, solve
from sweep.rank.clusters import form_clusters
from sweep.rank.score import Ranking
from sweep.rank.ways import compare_ways
from sweep.records import (
    MARKET_REGULATION,
    POLICE,
    Base,
    BreakTime,
    Building,
    Cluster,
    Coverage,
    Person,
    Plan,
    RankingFacts,
    Violation,
    Visit,
)
from sweep.scenario import Scenario
from sweep.select.grounds import Grounds
from sweep.select.notes import law_notes
from sweep.select.offer import Offer, Tables, offer_visits
from sweep.select.officers import OfficerPool, nobody_may_visit, with_officers
from sweep.select.targets import active_firms
from sweep.select.visits import TeamSize
from sweep.service import ServiceMinutes


@dataclass(frozen=True, slots=True)
class Ground:
    """What every decision stands on: records, ranking, clusters."""

    buildings: Mapping[str, Building]
    bases: Mapping[str, Base]
    persons: Mapping[str, Person]
    ranking: Ranking
    clusters: tuple[Cluster, ...]
    team_size: TeamSize
    facts: RankingFacts
    notes: tuple[Issue, ...]
    """What the ranking cannot tell, and the mend."""


@dataclass(frozen=True, slots=True)
class Task:
    """Visits on offer and the travel between their places: all that a plan is made from, and judged against."""

    offer: Offer
    places: Mapping[str, int]
    """Row in the travel table of each building on offer and each base."""
    travel: Travel
    table: TravelTable
    notes: tuple[Issue, ...] = ()
    """Places that no car gets to, or away from."""


def rank_district(scenario: Scenario, district: District) -> Ground:
    """Records, ranking and clusters."""
    buildings, persons = make_buildings(district), make_persons(district)
    size = team_size(scenario, persons)
    ranker = make_ranker(scenario, district, buildings, size)
    ranking = ranker.rank(frozen_at(scenario))
    labels, notes = ranker.labels(ranking)
    ranking = replace(ranking, table=pd.concat([ranking.table, labels], axis=1))
    rank = scenario.rank
    clusters = form_clusters(ranking, rank.cluster_radius_m, rank.cluster_team_hours, rank.n_clusters)
    ways = compare_ways(ranking, clusters, rank)
    of_checks = ranking.scored_by, ranking.n_checks, ranking.n_finds, ranking.data_on
    facts = RankingFacts(*of_checks, ways[0].captured_share, ways)
    told = (*district.warnings, *notes)
    return Ground(buildings, make_bases(district), persons, ranking, clusters, size, facts, told)


def team_size(scenario: Scenario, persons: Mapping[str, Person]) -> TeamSize:
    """What one team will look like, before teams are composed: the people on duty in even shares."""
    shift = (scenario.plan.shift_start_s, scenario.plan.shift_end_s)
    on_duty = [p for p in persons.values() if p.covers(shift)]
    n_teams, needs = scenario.teams.n_teams, scenario.teams.min_certified
    officers = Counter(p.agency for p in on_duty if p.is_certified(scenario.day))
    n_helpers = sum(p.agency != MARKET_REGULATION and not p.is_officer for p in on_duty)
    police = officers[POLICE] // n_teams
    members = police + needs[MARKET_REGULATION] + n_helpers // n_teams
    n_active = n_teams - n_reserve(scenario)
    is_split = scenario.teams.mode == "squads"
    return TeamSize(n_active, police, members, needs[POLICE], needs[MARKET_REGULATION], is_split)


def n_reserve(scenario: Scenario) -> int:
    """Teams that stand by (C18): the share, rounded up."""
    if "C18" in scenario.rules.off:
        return 0
    return min(scenario.teams.n_teams, math.ceil(scenario.teams.reserve_share * scenario.teams.n_teams - 1e-9))


def make_task(scenario: Scenario, district: District, ground: Ground, urgent: Sequence[Visit] = ()) -> Task:
    """
    The visits on offer, and the travel times between their places.

    Parameters
    ----------
    urgent
        Visits that came up on the day.

    Raises
    ------
    InputError
        If a place lies too far from every road.
    """
    officers = _officer_pool(scenario, ground)
    tables = Tables(
        ground.buildings,
        district.firms,
        district.leads,
        district.history,
        ground.ranking.table,
        due_rechecks(district.rechecks, scenario.day),
        under_investigation(district, scenario.day),
        nobody_may_visit(officers, ground.buildings),
    )
    half_life_days = ground.ranking.half_life_days
    grounds = Grounds(scenario.law, scenario.hours, scenario.form, frozenset(scenario.rules.off))
    offer = offer_visits(
        tables, scenario.day, ground.team_size, scenario.select, scenario.plan, half_life_days, grounds
    )
    offer = with_officers(offer, officers, ground.buildings)
    offer = replace(offer, visits=(*offer.visits, *urgent))
    ids = [*(v.building_id for v in offer.visits), *ground.bases]
    where = [ground.buildings.get(i) or ground.bases[i] for i in ids]
    lon, lat = np.array([w.lon for w in where]), np.array([w.lat for w in where])
    travel = make_travel(scenario, district.street_file)
    table = travel.table(lon, lat)
    names = [f"{w.name} ({i})" for i, w in zip(ids, where, strict=True)]
    far = far_from_roads(table, names)
    if far:
        raise InputError(far)
    notes = (*cut_off_from_roads(table, names), *law_notes(scenario, district.history, offer, ground.persons.values()))
    return Task(offer, {i: k for k, i in enumerate(ids)}, travel, table, notes)


def _officer_pool(scenario: Scenario, ground: Ground) -> OfficerPool:
    """Market regulation draws its inspectors (C09); police go along with them."""
    needs = {MARKET_REGULATION: scenario.teams.min_certified[MARKET_REGULATION]}
    shift_s = (scenario.plan.shift_start_s, scenario.plan.shift_end_s)
    return OfficerPool(tuple(ground.persons.values()), scenario.day, shift_s, needs, scenario.teams.assist_letter)


def make_plan(scenario: Scenario, problem: Problem, watch: Callable[[Progress], None] | None = None) -> Plan:
    """
    Teams and routes.

    Raises
    ------
    InputError
        If the problem contradicts itself, or no teams can be composed.
    """
    if issues := contradictions(problem):
        raise InputError(issues)
    limits = Settings(scenario.seed, scenario.solver.time_limit_s, scenario.solver.iterations)
    return solve(problem, limits, watch)


def make_problem(scenario: Scenario, ground: Ground, task: Task) -> Problem:
    """The planning problem of the day."""
    settings = scenario.plan
    return Problem(
        day=scenario.day,
        visits=task.offer.visits,
        buildings=ground.buildings,
        people=tuple(ground.persons.values()),
        teams=(),
        rules=TeamRules(
            scenario.teams.n_teams,
            n_reserve(scenario),
            scenario.teams.min_certified,
            scenario.teams.min_female,
            scenario.teams.assist_letter,
            round(3600 * scenario.teams.max_duty_hours),
            break_of_shift(scenario),
            scenario.teams.mode == "squads",
        ),
        bases=ground.bases,
        places=task.places,
        travel_s=task.table.duration_s,
        distance_m=task.table.distance_m,
        unreachable=UNREACHABLE,
        shift_s=(settings.shift_start_s, settings.shift_end_s),
        minutes=service_minutes(scenario),
        weights=weights(scenario),
        link_tolerance_s=settings.link_tolerance_s,
    )


def service_minutes(scenario: Scenario) -> ServiceMinutes:
    """What the parts of a visit are given: an entry as long as most are, or the usual one where C21 is off."""
    return scenario.plan.minutes if "C21" in scenario.rules.off else scenario.plan.planned_minutes


def weights(scenario: Scenario) -> Weights:
    """What a minute inside firms costs (C24), and a second of coming after a lead is due (C22)."""
    settings, off = scenario.plan, scenario.rules.off
    return Weights(
        lateness=0.0 if "C22" in off else settings.due_weight / (settings.shift_end_s - settings.shift_start_s),
        disturbance=0.0 if "C24" in off else settings.disturbance_weight,
    )


def break_of_shift(scenario: Scenario) -> BreakTime | None:
    """
    The break of every team, None where the shift needs none (C20).

    It begins early enough that nobody is out for longer without one, and late enough that the rest is no longer either.
    """
    start_s, end_s = scenario.plan.shift_start_s, scenario.plan.shift_end_s
    longest_s, length_s = round(3600 * scenario.teams.break_after_hours), 60 * scenario.teams.break_minutes
    if end_s - start_s <= longest_s:
        return None
    return BreakTime(max(start_s, end_s - longest_s - length_s), min(start_s + longest_s, end_s - length_s), length_s)


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
