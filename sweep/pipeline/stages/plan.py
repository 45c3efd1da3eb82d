"""PLAN: the planning problem of the day, and the plan for it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from typing import NamedTuple

from geodata.errors import InputError
from sweep.pipeline.stages.prepared import Prepared
from sweep.pipeline.stages.problem import day_problem, service_minutes, team_rules
from sweep.pipeline.stages.rank import n_reserve, n_teams
from sweep.plan.explain.swaps import with_swaps_taken
from sweep.plan.feasible.contradictions import contradictions
from sweep.plan.feasible.roster import most_teams
from sweep.plan.played import Spread, play
from sweep.plan.problem.problem import Lock, Problem
from sweep.plan.problem.worth import plan_worth
from sweep.plan.solve import Progress, Settings, solve
from sweep.records.people import POLICE
from sweep.records.pins import Pin
from sweep.records.plan import Plan, Route
from sweep.records.squads import OTHERS_LETTER
from sweep.records.visits import Visit
from sweep.scenario.scenario import Scenario

# Where what is kept on average is aimed at: the shares of entries whose time longer visits hold, and the share of the
# limit for each of them.
QUANTILES, QUANTILE_SHARE = (0.9, 0.97), 0.2


class Planned(NamedTuple):
    """A plan, the problem that it was made for, and the stage before it with the times that were planned with."""

    prepared: Prepared
    problem: Problem
    plan: Plan


def plan(
    prepared: Prepared,
    problem: Problem,
    on_progress: Callable[[Progress], None] | None = None,
    share: float = 1.0,
    start: Sequence[Route] = (),
) -> Planned:
    """
    The teams and their routes; no single swap of an unserved visit would make them better.

    With `solver.objective = "expected"` the same teams are also planned with more time for each visit, and of these
    plans the one that keeps most on days drawn by chance is taken.

    Parameters
    ----------
    share
        Share of the solver's limit that is left.
    start
        Routes of given teams to begin with.

    Raises
    ------
    InputError
        If the problem contradicts itself, or no teams can be composed.
    """
    if issues := contradictions(problem):
        raise InputError(issues)
    longer = list(_with_longer_visits(prepared, problem))
    left = 1.0 - QUANTILE_SHARE * len(longer)
    first = _solved(prepared, problem, start, share * left, _scaled(on_progress, 0.0, left))
    made = [Planned(prepared, problem, first)]
    for n, (spared, slower) in enumerate(longer):
        watch = _scaled(on_progress, left + n * QUANTILE_SHARE, QUANTILE_SHARE)
        again = _solved(spared, replace(slower, teams=first.teams), first.routes, share * QUANTILE_SHARE, watch)
        made.append(Planned(spared, slower, again))
    return max(made, key=_worth) if longer else made[0]


def _with_longer_visits(prepared: Prepared, problem: Problem) -> Iterator[tuple[Prepared, Problem]]:
    """The problem with more time for each visit, where the scenario asks for what is kept on average."""
    scenario = prepared.scenario
    if scenario.solver.objective != "expected" or "C21" in scenario.rules.off:
        return
    for quantile in QUANTILES:
        if quantile > scenario.plan.service_quantile:
            spared = scenario.with_quantile(quantile)
            slower = replace(problem, minutes=service_minutes(spared))
            if not contradictions(slower):
                yield replace(prepared, scenario=spared), slower


def limits_of(scenario: Scenario, share: float) -> Settings:
    """The limits of a search that has a share of the solver's, in (0, 1]."""
    solver = scenario.solver
    n_rounds = None if solver.iterations is None else max(1, round(share * solver.iterations))
    return Settings(scenario.seed, share * solver.time_limit_s, n_rounds)


def _solved(
    prepared: Prepared,
    problem: Problem,
    start: Sequence[Route],
    share: float,
    watch: Callable[[Progress], None] | None,
) -> Plan:
    scenario = prepared.scenario
    made = with_swaps_taken(problem, solve(problem, limits_of(scenario, share), watch, start))
    quantile = scenario.plan.service_quantile if scenario.solver.objective == "expected" else None
    return replace(made, service_quantile=quantile)


def _scaled(watch: Callable[[Progress], None] | None, begun: float, part: float) -> Callable[[Progress], None] | None:
    """Progress of one solve as that of all."""
    return watch and (lambda p: watch(replace(p, share=begun + part * p.share)))


def _worth(planned: Planned) -> tuple[int, float]:
    """What plans are compared by: must-visits left out, less than 0, and then what is kept on average."""
    n_missed, _ = plan_worth(planned.problem, planned.plan)
    return n_missed, play(planned.problem, planned.plan, spread_of(planned.prepared.scenario)).value


def make_problem(prepared: Prepared) -> Problem:
    """The planning problem of the day; where the number of teams is open, that of as many as usual."""
    scenario, ranked, offered = prepared.scenario, prepared.ranked, prepared.offered
    n = n_teams(scenario, ranked.persons)
    bare = day_problem(
        scenario,
        offered.offer.visits,
        ranked.persons.values(),
        buildings=ranked.buildings,
        bases=ranked.bases,
        places=offered.places,
        table=offered.table,
    )
    rules, locks = team_rules(scenario, n, n_reserve(scenario, n)), _locks(offered.offer.visits, prepared.inputs.pins)
    problem = replace(bare, rules=rules, locks=tuple(locks))
    if scenario.teams.n_teams is None and (most := max(1, most_teams(problem))) < n:
        rules = replace(problem.rules, n_teams=most, n_reserve=n_reserve(scenario, most))
        return replace(problem, rules=rules)
    return problem


def _locks(visits: Sequence[Visit], pins: Sequence[Pin]) -> Iterator[Lock]:
    """Pins to teams: the first slot that the team, or the squad of its agency, can fill."""
    by_building = {v.building_id: v for v in visits}
    for pin in pins:
        if pin.kind == "with_team":
            visit, is_police = by_building[pin.building_id], not pin.team_id.endswith(OTHERS_LETTER)
            slots = (s.slot for s in visit.slots if (POLICE in s.min_certified) == is_police)
            yield Lock(visit.visit_id, next(slots, 0), pin.team_id)


def spread_of(scenario: Scenario) -> Spread:
    """How far a day may be from the plan."""
    return Spread(scenario.plan.entry_span, scenario.rank.no_access_share)
