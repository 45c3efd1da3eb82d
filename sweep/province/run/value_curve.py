"""Value curve of a county: short plans with 0, 1, 2, ... mobile teams, with warm starts."""

from collections.abc import Sequence

from geodata.errors import InputError, Issue
from sweep.inputs.load_inputs import load_inputs
from sweep.jobs.stages.plan_day import limits_of
from sweep.jobs.stages.rank_day import n_teams, rank
from sweep.jobs.stages.team_count import with_team_count
from sweep.plan.feasible.contradictions import contradictions
from sweep.plan.feasible.roster_shortfalls import most_teams
from sweep.plan.problem.objective import objective
from sweep.plan.problem.problem import Problem
from sweep.plan.solve import Settings
from sweep.plan.warm_start import solve_from_neighbours
from sweep.province.model.worker_messages import Job
from sweep.province.records import CountyCurve, CurvePoint, Window
from sweep.province.run.county_with_mobile_teams import (
    CountyAssignment,
    CountyInputs,
    refuse_mobile_ids,
    reinforced_problem,
)
from sweep.records.plan import Plan
from sweep.scenario.scenario import Scenario


def read_county(scenario: Scenario) -> CountyInputs:
    """Return a county's inputs and ranking; InputError S991 if a roster id has the prefix of mobile people (MOBILE)."""
    inputs = load_inputs(scenario)
    ranked = rank(scenario, inputs)
    refuse_mobile_ids(ranked.persons, "roster")
    return CountyInputs(scenario, inputs, ranked)


def draw_curve(county: CountyInputs, job: Job) -> tuple[CountyCurve, tuple[Plan, ...]]:
    """
    Return the value curve of a county for 0, 1, 2, ... mobile teams, and the plan behind each of its points.

    Parameters
    ----------
    job
        Job with the largest number of mobile teams, and the share of the solver's limit for all points together.

    Raises
    ------
    InputError
        If the county's own people do not suffice for a plan.
    """
    numbered = with_team_count(county.scenario, county.inputs, county.ranked, lambda _: None)
    n_own = n_teams(numbered.scenario, county.ranked.persons)
    members_max = numbered.scenario.teams.members_max
    limits = limits_of(county.scenario, job.share * numbered.share / (job.n_mobile + 1))
    points: list[CurvePoint] = []
    plans: list[Plan] = []
    windows: dict[str, tuple[Window, ...]] = {}
    for n_mobile in range(job.n_mobile + 1):
        problem = _problem(county, CountyAssignment(job.mobile, n_mobile, never=job.never), n_own, members_max)
        plan = _planned(problem, limits, plans[-1:])
        if plan is None:
            # One more than the county can use.
            break
        windows |= {v.building_id: v.windows_s for v in problem.visits if v.building_id in job.sites}
        starts = {s.building_id: s.start_s for r in plan.routes for s in r.stops if s.building_id in job.sites}
        parts = objective(problem, plan.routes, plan.teams)
        points.append(CurvePoint(n_mobile, problem.rules.n_teams, parts, plan.bound, starts, members_max))
        plans.append(plan)
    return CountyCurve(job.county_id, tuple(points), windows), tuple(plans)


def _problem(county: CountyInputs, task: CountyAssignment, n_own: int, members_max: int | None) -> Problem:
    """
    Return the problem with the county's `n_own` teams and one more for each mobile team.

    If people do not suffice, teams are fewer and larger. `members_max`: most members of a team; None: no limit.
    """
    n_teams = n_own + task.n_mobile
    _, problem = reinforced_problem(county, task, n_teams, members_max)
    most = max(n_own, most_teams(problem))
    return problem if n_teams <= most else reinforced_problem(county, task, most, members_max)[1]


def _planned(problem: Problem, limits: Settings, near: list[Plan]) -> Plan | None:
    """
    Return the plan of a search that starts from the plans `near`; None if there is no feasible plan.

    If `near` is empty, an infeasible problem raises InputError instead.
    """
    issues: Sequence[Issue] = contradictions(problem)
    if not issues:
        try:
            return solve_from_neighbours(problem, limits, near)
        except InputError as error:
            issues = error.issues
    if not near:
        raise InputError(issues)
    return None
