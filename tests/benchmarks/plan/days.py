"""The two made-up days: a district (quancheng with 20 teams and the people for them) and a city of 2,000 buildings.

    uv run -m tests.benchmarks.plan.days [--only district,city] [--seconds 60] [--long 600] [--composed] [--seed 1]

District: through the pipeline, link groups and visits for several teams on; a third of --seconds, then all of it; bks
is the plan's own proven bound. City: 2,000 buildings and 200 teams, every building with a live lead on offer; bks is
the value of its own plan at --long seconds. The city's teams are dealt from the roster by a plain rule, so that the row
is about the search; with --composed the planner composes them. Tells when the first plan was there, and the memory.
All plans are judged by the project's checker.
"""

from __future__ import annotations

import resource
import time
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, replace

from sweep.inputs.load_inputs import load_inputs
from sweep.jobs.stages.check_day import check
from sweep.jobs.stages.plan_day import make_problem
from sweep.jobs.stages.plan_inputs_record import PlanInputs, rank_and_select
from sweep.plan.jit_warmup import PLANNER
from sweep.plan.problem.problem import Problem
from sweep.plan.solve import Settings, SolveProgress, solve
from sweep.plan.teams.make_teams import with_members
from sweep.records.people import MARKET_REGULATION, POLICE, RECORDER, Person, Team
from sweep.records.plan import Plan
from sweep.scenario.load_scenario import load_scenario
from tests.benchmarks.plan.instances import Results, is_wanted, parse_arguments
from tests.paths import ROOT

QUANCHENG = ROOT / "scenarios" / "quancheng"
CITY = {
    "city.n_buildings": 2_000,
    "city.n_dens": 280,
    "city.n_leads": 4_200,
    "select.n_case_visits_max": 2_000,
}


@dataclass(frozen=True, slots=True)
class Day:
    """A scenario up to planning, and what it needs to be judged."""

    prepared: PlanInputs
    problem: Problem


@dataclass
class ProgressCallback:
    """Notes when the first plan was there."""

    start: float
    first_s: float | None = None

    def __call__(self, progress: SolveProgress) -> None:
        """Called by the solver."""
        if self.first_s is None and progress.n_served:
            self.first_s = time.monotonic() - self.start


def main() -> None:
    """Print a line for each run of both."""
    parser = parse_arguments(__doc__, 60.0, has_folder=False)
    parser.add_argument("--long", type=float, default=600.0, help="seconds of the city's own long run")
    parser.add_argument("--composed", action="store_true", help="the planner composes the city's teams")
    arguments = parser.parse_args()
    PLANNER.wait()
    results = Results("max", None)
    if is_wanted(arguments.only, "district"):
        day = load_day(20, {})
        for seconds in (arguments.seconds / 3.0, arguments.seconds):
            plan, took_s, first_s = timed(day.problem, Settings(arguments.seed, seconds))
            add_run(results, f"district, {seconds:g} s", day, plan, plan.bound, took_s, first_s)
    if is_wanted(arguments.only, "city"):
        day = load_day(200, CITY)
        if not arguments.composed:
            day = replace(day, problem=replace(day.problem, teams=dealt_teams(day.problem)))
        runs = {s: timed(day.problem, Settings(arguments.seed, s)) for s in (arguments.seconds, arguments.long)}
        bks = runs[arguments.long][0].value
        for seconds, (plan, took_s, first_s) in runs.items():
            add_run(results, f"city, {seconds:g} s", day, plan, bks, took_s, first_s)


def load_day(n_teams: int, changes: Mapping[str, int]) -> Day:
    """The scenario with so many teams and the people for them, as its own script has it."""
    people = {
        "city.n_police": 6 * n_teams,
        "city.n_market_regulation": round(2.4 * n_teams),
        "city.n_auxiliary": 2 * n_teams,
        "teams.n_teams": n_teams,
    }
    start = time.monotonic()
    scenario = load_scenario(QUANCHENG, {key: str(value) for key, value in {**people, **changes}.items()})
    prepared = rank_and_select(scenario, load_inputs(scenario))
    problem = make_problem(prepared)
    several = sum(len(v.slots) > 1 for v in problem.visits)
    groups = Counter(v.link_group for v in problem.visits if v.link_group)
    print(
        f"# {len(problem.buildings)} buildings, {len(problem.visits)} visits, {several} for several teams, "
        f"{len(groups)} link groups; read, ranked and offered in {time.monotonic() - start:.1f} s, "
        f"memory {peak_mb():.0f} MB"
    )
    return Day(prepared, problem)


def timed(problem: Problem, settings: Settings) -> tuple[Plan, float, float | None]:
    """The plan, how long it took, and when the first one was there."""
    on_progress = ProgressCallback(time.monotonic())
    plan = solve(problem, settings, on_progress)
    return plan, time.monotonic() - on_progress.start, on_progress.first_s


def add_run(
    results: Results, name: str, day: Day, plan: Plan, best_known: float, seconds: float, first_s: float | None
) -> None:
    """The line of one run, with what the project's checker says of the plan."""
    checked = check(day.prepared, plan)
    results.add(
        name, "all", best_known, plan.value, seed=plan.seed, seconds=seconds, solution={}, first_plan_s=first_s,
        n_served=len(day.problem.visits) - len(plan.unserved), n_visits=len(day.problem.visits), bound=plan.bound,
        bound_method=plan.bound_method, rounds=plan.n_iterations, broken=len(checked.violations),
        short=dict(sorted(Counter(v.rule_id for v in checked.soft_violations).items())), memory_mb=round(peak_mb()),
    )  # fmt: skip


def peak_mb() -> float:
    """Most memory that this process has held."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e3


def dealt_teams(problem: Problem) -> tuple[Team, ...]:
    """
    Teams dealt out by a plain rule: two inspectors of one district make a team there, police and helpers come in turn.

    Women of the police go first, then those who can record, so that each team has some. Districts take turns by what
    they have left.
    """
    day, rules = problem.day, problem.rules
    on_duty = sorted((p for p in problem.people if p.covers(problem.shift_s)), key=lambda p: p.person_id)
    certified = [p for p in on_duty if p.is_certified(day)]
    inspectors: dict[str, list[Person]] = {}
    for p in certified:
        if p.agency == MARKET_REGULATION:
            inspectors.setdefault(p.division_code, []).append(p)
    n_each = rules.min_certified[MARKET_REGULATION]
    teams: list[list[Person]] = []
    while len(teams) < rules.n_teams:
        most = max(sorted(inspectors), key=lambda d: len(inspectors[d]))
        teams.append([inspectors[most].pop() for _ in range(n_each)])
    police = sorted(
        (p for p in certified if p.agency == POLICE), key=lambda p: (not p.is_female, RECORDER not in p.skills)
    )
    others = sorted((p for p in on_duty if not p.is_officer), key=lambda p: RECORDER not in p.skills)
    for k, p in enumerate([*police, *others]):
        teams[k % len(teams)].append(p)
    return tuple(_team(problem, k, team, is_reserve=k < rules.n_reserve) for k, team in enumerate(teams))


def _team(problem: Problem, k: int, people: list[Person], *, is_reserve: bool) -> Team:
    nobody = Team(
        team_id=f"T{k + 1:03d}",
        member_ids=(),
        base_id=people[0].base_id,
        division_codes=frozenset({people[0].division_code}),
        shift_s=problem.shift_s,
        n_certified={},
        n_female_certified=0,
        recusals=frozenset(),
        is_reserve=is_reserve,
    )
    return with_members(problem, nobody, people)


if __name__ == "__main__":
    main()
