"""A county's curve: short plans with 0, 1, 2 ... mobile teams, each from the one before."""

from collections.abc import Sequence
from dataclasses import dataclass

from geodata.errors import InputError, Issue
from sweep.inputs.load import load_inputs
from sweep.jobs.stages.rank_day import n_teams, rank
from sweep.jobs.stages.team_count import with_number
from sweep.plan.feasible.contradictions import contradictions
from sweep.plan.feasible.roster_shortfalls import most_teams
from sweep.plan.problem.problem import Problem
from sweep.plan.solve import Settings
from sweep.plan.warm_start import solve_near
from sweep.province.model.worker_messages import Job
from sweep.province.records import Curve, Point, Window
from sweep.province.run.reinforced_county import CountyInputs, Task, refuse_mobile_ids, reinforced
from sweep.records.plan import Plan
from sweep.scenario.scenario import Scenario


@dataclass(frozen=True, slots=True)
class Drawn:
    """A curve with the plans that show its values."""

    curve: Curve
    plans: tuple[Plan, ...]
    """One a point."""


def read_county(scenario: Scenario) -> CountyInputs:
    """A county's files, read and ranked, or their errors; S991 if a person's id is like a mobile one's."""
    inputs = load_inputs(scenario)
    ranked = rank(scenario, inputs)
    refuse_mobile_ids(ranked.persons, "roster")
    return CountyInputs(scenario, inputs, ranked)


def draw_curve(county: CountyInputs, job: Job) -> Drawn:
    """
    The curve of a county.

    Parameters
    ----------
    job
        Says how far the curve goes, and what share of the solver's limit its points have together.

    Raises
    ------
    InputError
        If not even its own people can be planned.
    """
    numbered = with_number(county.scenario, county.inputs, county.ranked, lambda _: None)
    n_own = n_teams(numbered.scenario, county.ranked.persons)
    members_max = numbered.scenario.teams.members_max
    limits = limits_of(county.scenario, job.share * numbered.share / (job.n_mobile + 1))
    points: list[Point] = []
    plans: list[Plan] = []
    windows: dict[str, tuple[Window, ...]] = {}
    for n_mobile in range(job.n_mobile + 1):
        problem = _problem(county, Task(job.mobile, n_mobile, never=job.never), n_own, members_max)
        plan = _planned(problem, limits, plans[-1:])
        if plan is None:
            # One more than the county can use.
            break
        windows |= {v.building_id: v.windows_s for v in problem.visits if v.building_id in job.sites}
        starts = {s.building_id: s.start_s for r in plan.routes for s in r.stops if s.building_id in job.sites}
        points.append(Point(n_mobile, problem.rules.n_teams, plan.value, plan.bound, starts, members_max))
        plans.append(plan)
    return Drawn(Curve(job.county_id, tuple(points), windows), tuple(plans))


def _problem(county: CountyInputs, task: Task, n_own: int, members_max: int | None) -> Problem:
    """With each mobile team one more goes out, if the roster makes so many; else its people go along with others."""
    n_teams = n_own + task.n_mobile
    _, problem = reinforced(county, task, n_teams, members_max)
    most = max(n_own, most_teams(problem))
    return problem if n_teams <= most else reinforced(county, task, most, members_max)[1]


def _planned(problem: Problem, limits: Settings, near: list[Plan]) -> Plan | None:
    """A plan; None if there is one of fewer people and none of these."""
    issues: Sequence[Issue] = contradictions(problem)
    if not issues:
        try:
            return solve_near(problem, limits, near)
        except InputError as error:
            issues = error.issues
    if not near:
        raise InputError(issues)
    return None


def limits_of(scenario: Scenario, share: float) -> Settings:
    """A share of the limits that a scenario has."""
    solver = scenario.solver
    n_rounds = None if solver.iterations is None else max(1, round(share * solver.iterations))
    return Settings(scenario.seed, share * solver.time_limit_s, n_rounds)
