"""The planner on Service Technician Routing and Scheduling with team building (Kovacs et al. 2012).

    uv run python -m tests.benchmarks.plan.strsp DIR --seconds 60 [--only TASKS:CREW,...] [--composed]
        [--solutions FILE]

DIR holds `tasks_Team/` and two folders of crews. The column m says which crew: `full`, or `reduced` (the first so many
technicians as the file's head says). Minimised: distance + 200 + (sum of the needs)^1.5 for each task not served. There
are no published values. Solver `sweep_fixed` gets teams that are put together once, by the rule in
`strsp_crews`; with --composed, `sweep` gets the technicians and room for twice as many teams, some of which may stay
empty, and composes and routes them together.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Sequence
from datetime import date
from itertools import pairwise
from pathlib import Path

import numpy as np

from geodata.array_types import Int64s
from sweep.plan.problem.problem import Problem, TeamRules, Weights
from sweep.plan.solve import Settings, solve, wait_for_compiler
from sweep.records.people import POLICE, Person, Team
from sweep.records.plan import Plan
from sweep.records.visits import Slot, Visit
from tests.benchmarks.plan.instances import (
    HERE,
    Results,
    is_wanted,
    parse_arguments,
    plain_problem,
    plain_team,
    plain_visit,
)
from tests.benchmarks.plan.strsp_crews import Crew, TaskSet, fixed_teams, read_crew, read_tasks, skills_of

# Ways are rounded up to a thousandth of a unit of time, so that a plan in whole numbers is one in the judge's.
SCALE = 1_000
# Teams that may be put together, for each that the plain rule makes.
TEAMS_A_FIXED_ONE = 2
CREWS = {"full": "technicians_Team/technicians_{size}_*", "reduced": "techniciansReduced_Team/R{day}-*_{size}_*"}


def main() -> None:
    """Run the instances and print a line for each."""
    parser = parse_arguments(__doc__, 60.0)
    parser.add_argument("--composed", action="store_true", help="also let the planner put the teams together")
    arguments = parser.parse_args()
    wait_for_compiler(None)
    results = Results("min", arguments.solutions)
    for path in sorted((arguments.folder / "tasks_Team").glob("*.txt")):
        for kind in CREWS:
            if is_wanted(arguments.only, path.stem, kind):
                run(results, path, kind, arguments)
    results.close()


def run(results: Results, path: Path, kind: str, arguments: argparse.Namespace) -> None:
    """One row for the fixed teams, and one for the composed ones if they are asked for."""
    tasks, settings = read_tasks(path), Settings(arguments.seed, arguments.seconds)
    crew_path = next(arguments.folder.glob(crew_pattern(path.stem, kind)))
    crew = read_crew(crew_path)
    teams = fixed_teams(tasks, crew)
    problems = {"sweep_fixed": to_problem(tasks, crew, teams)}
    if arguments.composed:
        problems["sweep"] = to_problem(tasks, crew, [], n_teams=min(len(crew), TEAMS_A_FIXED_ONE * len(teams)))
    for solver, problem in problems.items():
        start = time.monotonic()
        plan = solve(problem, settings)
        seconds = time.monotonic() - start
        found = to_teams(plan)
        solution = {"crew_file": crew_path.name, "teams": found}
        results.add(
            f"strsp {kind}, {settings.time_limit_s:g} s", path.stem, None, cost(tasks, found),
            seed=settings.seed, seconds=seconds, solver=solver, solution=solution,
        )  # fmt: skip


def crew_pattern(task_set: str, kind: str) -> str:
    """
    Where the crew of a task set is, as a pattern under the benchmark's folder.

    Parameters
    ----------
    task_set
        Name of its file without the ending: `RC101_5x4_Team` has scattered and clustered tasks (RC), a short day (1)
        and technicians with five skills of four levels.
    kind
        One of `CREWS`.
    """
    name, size, _ = task_set.split("_")
    # The series has one letter or two: R, C, RC.
    return CREWS[kind].format(size=size, day=name.lstrip("CR")[0])


def to_problem(tasks: TaskSet, crew: Crew, teams: Sequence[Sequence[int]], n_teams: int = 0) -> Problem:
    """The planner's own words; a level of a skill is a skill that all at that level or above have."""
    travel = np.ceil(SCALE * tasks.distance - 1e-9).astype(np.int64)
    shift = (round(SCALE * tasks.window[0, 0]), round(SCALE * tasks.window[0, 1]))
    visits = [_visit(tasks, row) for row in range(1, len(tasks.ids))]
    fixed = [_team(k, shift, crew, team) for k, team in enumerate(teams)]
    people = [] if teams else [_person(person_id, levels, shift) for person_id, levels in crew.items()]
    rules = TeamRules(n_teams or len(teams), 0, {}, 0, assist_letter=True)
    weights = Weights(travel=1.0 / SCALE)
    return plain_problem(travel, visits, fixed, weights, people=people, rules=rules, shift_s=shift)


def _visit(tasks: TaskSet, row: int) -> Visit:
    needs = {
        f"{skill}>={level}": int(n)
        for skill, levels in enumerate(tasks.need[row], 1)
        for level, n in enumerate(levels, 1)
        if n
    }
    opens, closes = (round(SCALE * x) for x in tasks.window[row])
    slots = (Slot(0, {}, 0, needs, service_s=round(SCALE * tasks.service[row])),)
    return plain_visit(row, float(tasks.price[row]), [(opens, closes)], visit_id=str(tasks.ids[row]), slots=slots)


def _team(k: int, shift: tuple[int, int], crew: Crew, team: Sequence[int]) -> Team:
    counts: dict[str, int] = {}
    for person_id in team:
        for skill in skills_of(crew[person_id]):
            counts[skill] = counts.get(skill, 0) + 1
    return plain_team(f"T{k}", shift, member_ids=tuple(map(str, team)), n_skilled=counts)


def _person(person_id: int, levels: Sequence[int], shift: tuple[int, int]) -> Person:
    return Person(
        str(person_id), POLICE, "officer", date.max, False, "0", HERE, shift, skills=frozenset(skills_of(levels))
    )


def to_teams(plan: Plan) -> list[dict[str, list[int]]]:
    """The judge's form: who is in a team, and its tasks in order."""
    members = {t.team_id: [int(p) for p in t.member_ids] for t in plan.teams}
    return [{"technicians": members[r.team_id], "tasks": [int(s.visit_id) for s in r.stops]} for r in plan.routes]


def cost(tasks: TaskSet, teams: Sequence[dict[str, list[int]]]) -> float:
    """Distance, and the price of what is not served."""
    row = {task_id: k for k, task_id in enumerate(tasks.ids)}
    routes = [[0, *(row[t] for t in team["tasks"]), 0] for team in teams]
    distance = sum(tasks.distance[a, b] for route in routes for a, b in pairwise(route))
    served: Int64s = np.array(sorted({0}.union(*routes)))
    return float(distance + np.delete(tasks.price, served).sum())


if __name__ == "__main__":
    main()
