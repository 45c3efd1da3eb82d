"""PLAN: planning problem of the day, and its plan."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace

from geodata.errors import InputError
from sweep.jobs.stages.plan_inputs_record import PlanInputs
from sweep.jobs.stages.rank_day import n_reserve
from sweep.jobs.stages.select_day import unlocked_problem
from sweep.plan.explain.cheapest_swaps import with_swaps_taken
from sweep.plan.feasible.contradictions import contradictions
from sweep.plan.feasible.roster_shortfalls import most_teams
from sweep.plan.problem.problem import Lock, Problem
from sweep.plan.simulate import TimeSpread
from sweep.plan.solve import Settings, SolveProgress, solve
from sweep.records.people import POLICE
from sweep.records.pins import Pin
from sweep.records.plan import Plan, Route
from sweep.records.squad_slots import OTHERS_LETTER
from sweep.records.visits import Visit
from sweep.scenario.scenario import Scenario


def plan(
    prepared: PlanInputs,
    problem: Problem,
    on_progress: Callable[[SolveProgress], None] | None = None,
    share: float = 1.0,
    start: Sequence[Route] = (),
) -> Plan:
    """
    Plan the day; in the end no swap of one unserved visit for a served one improves the plan.

    Parameters
    ----------
    share
        Share of the solver's limit that this plan may use, in (0, 1].
    start
        Routes with which the search starts; empty: routes built by the search.

    Raises
    ------
    InputError
        If the problem is contradictory, or no teams can be composed.
    """
    refuse_contradictions(problem)
    settings = limits_of(prepared.scenario, share)
    return with_swaps_taken(problem, solve(problem, settings, on_progress, start))


def refuse_contradictions(problem: Problem) -> None:
    """Raise InputError with all contradictions of a problem, if there are any."""
    if issues := contradictions(problem):
        raise InputError(issues)


def limits_of(scenario: Scenario, share: float) -> Settings:
    """Return seed and limits of a solve that may use `share`, in (0, 1], of the scenario's time or iterations."""
    solver = scenario.solver
    n_rounds = None if solver.iterations is None else max(1, round(share * solver.iterations))
    return Settings(scenario.seed, share * solver.time_limit_s, n_rounds)


def make_problem(prepared: PlanInputs) -> Problem:
    """
    Return the planning problem of the day, with a lock for each pin to a team.

    If the scenario sets no number of teams, the problem asks for the usual number (`rank_day.n_teams`), or for the most
    that can be composed if that is less.
    """
    scenario, ranked, offered = prepared.scenario, prepared.ranked, prepared.offered
    bare = unlocked_problem(scenario, ranked, offered.offer.visits, offered.places, offered.table)
    problem = replace(bare, locks=tuple(_locks(offered.offer.visits, prepared.inputs.pins)))
    if scenario.teams.n_teams is None and (most := max(1, most_teams(problem))) < problem.rules.n_teams:
        rules = replace(problem.rules, n_teams=most, n_reserve=n_reserve(scenario, most))
        return replace(problem, rules=rules)
    return problem


def _locks(visits: Sequence[Visit], pins: Sequence[Pin]) -> Iterator[Lock]:
    """Yield a lock for each pin to a team: on the visit's first slot that the team, or its squad, may fill."""
    by_building = {v.building_id: v for v in visits}
    for pin in pins:
        if pin.kind == "with_team":
            visit, is_police = by_building[pin.building_id], not pin.team_id.endswith(OTHERS_LETTER)
            slots = (s.slot for s in visit.slots if (POLICE in s.min_certified) == is_police)
            yield Lock(visit.visit_id, next(slots, 0), pin.team_id)


def spread_of(scenario: Scenario) -> TimeSpread:
    """Return the distribution of the times to get into a building, and the share of locked doors, for a simulation."""
    return TimeSpread(scenario.plan.entry_span, scenario.rank.no_access_share)
