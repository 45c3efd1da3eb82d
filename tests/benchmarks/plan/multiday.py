"""The planner on plans over several days, through `solve`: a JSON line an instance.

    uv run python -m tests.benchmarks.plan.multiday DIR --seconds 60 [--set dresden|mctopmtw|pvrp] [--only NAME,...]
        [--seed N] [--rounds N] [--proof] [--solutions FILE]

DIR is `multiday`: it holds a folder for each set, and `judge.py`, which judges. Each team and day is a team of its own.
Clients who are visited on several days (pvrp) are put together with the public builder.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import product
from pathlib import Path
from typing import Any

import numpy as np

from sweep.api.problem_builder import Model
from sweep.plan.jit_warmup import PLANNER
from sweep.plan.problem.problem import Problem, Weights
from sweep.plan.solve import Settings, solve
from sweep.records.people import Team
from sweep.records.plan import Route
from sweep.records.visits import Cap
from tests.benchmarks.plan.instances import (
    Results,
    is_wanted,
    parse_arguments,
    plain_problem,
    plain_team,
    plain_visit,
    read_judge,
    rows_of_bks,
    truncated,
)

# Units of time from one day to the next: more than any day of the sets is long.
DAY = 1_000_000


def main() -> None:
    """Solve the instances and print a line for each, then the mean gap of each set."""
    parser = parse_arguments(__doc__, 60.0)
    parser.add_argument("--set", default="dresden,mctopmtw", help="of dresden, mctopmtw, pvrp")
    parser.add_argument("--rounds", type=int, help="rounds of the search instead of seconds")
    parser.add_argument("--proof", action="store_true", help="with a bound")
    arguments = parser.parse_args()
    judge = read_judge(arguments.folder)
    settings = Settings(arguments.seed, arguments.seconds, arguments.rounds, is_proof_wanted=arguments.proof)
    results = Results("max", arguments.solutions)
    PLANNER.wait()
    for name in arguments.set.split(","):
        for row in rows_of_bks(arguments.folder / name):
            if is_wanted(arguments.only, row["instance"] + row.get("scenario", "")):
                add_solved(results, judge, arguments.folder / name, row, settings)
    results.close()


def add_solved(results: Results, judge: Any, folder: Path, row: Mapping[str, str], settings: Settings) -> None:
    """The line of one instance."""
    name, scenario, limit = row["instance"], row.get("scenario", ""), settings.n_iterations
    problem, scale = READERS[folder.name](judge, folder, name, scenario)
    began = time.monotonic()
    plan = solve(problem, settings)
    seconds = time.monotonic() - began
    solution = {
        "instance": name, "scenario": scenario,
        "routes": list(judged_routes(plan.routes, problem.teams, scale)),
    }  # fmt: skip
    value, errors, sense = judge.JUDGES[folder.name](folder, solution)
    if sense == "max" and abs(value - plan.value) > 1e-6:
        errors.append(f"the plan says {plan.value}")
    results.add(
        f"{folder.name}, " + (f"{settings.time_limit_s:g} s" if limit is None else f"{limit} rounds"),
        f"{name} {scenario}".strip(), float(row["bks"]), np.inf if errors else value, seed=settings.seed,
        seconds=seconds, solution=solution, sense=sense, bound=plan.bound, rounds=plan.n_iterations, errors=errors,
    )  # fmt: skip


def judged_routes(routes: Sequence[Route], teams: Sequence[Team], scale: int) -> Iterator[dict[str, Any]]:
    """The routes as the judge reads them."""
    day = {t.team_id: t.day for t in teams}
    for r in routes:
        ids = [s.visit_id.split("@")[0] for s in r.stops]
        starts = [(s.start_s - DAY * day[r.team_id]) / scale if scale else None for s in r.stops]
        named = [[int(i) if i.isdigit() else i, start] for i, start in zip(ids, starts, strict=True)]
        yield {"day": day[r.team_id] + 1, "team": 1 + int(r.team_id.split("-")[0]), "stops": named}


def on_days(team: Team, shift_s: tuple[int, int], n_days: int) -> list[Team]:
    """A team for each day."""
    return [
        replace(team, team_id=f"{team.team_id}-{d}", day=d, shift_s=(DAY * d + shift_s[0], DAY * d + shift_s[1]))
        for d in range(n_days)
    ]


def read_dresden(judge: Any, folder: Path, name: str, scenario: str) -> tuple[Problem, int]:
    """Optional tasks at any time, and in the operative scenario main tasks at theirs; and units of time a second."""
    instance, tasks = judge.read_dresden(folder, name)
    n_days, limit = instance["Days"], instance["MaxRouteDuration"]
    wanted = {i: t for i, t in tasks.items() if i is not None and (t[4] is None or scenario == "operative")}
    points = np.array([tasks[i][:2] for i in (None, *wanted)])
    exact = 17_100 * np.hypot(*(points[:, None] - points[None]).transpose(2, 0, 1))
    visits = []
    for k, (i, (_, _, service_s, profit, fixed)) in enumerate(wanted.items()):
        start = None if fixed is None else DAY * (fixed[0] - 1) + fixed[1]
        windows = [(0, DAY * n_days)] if start is None else [(start, start)]
        visits.append(
            plain_visit(k + 1, float(profit), windows, visit_id=i, service_s=service_s, is_must=fixed is not None)
        )
    teams = [t for k in range(instance["Cohorts"]) for t in on_days(plain_team(str(k), (0, 0)), (0, limit), n_days)]
    return plain_problem(np.rint(exact).astype(np.int64), visits, teams, Weights()), 1


def read_mctopmtw(judge: Any, folder: Path, name: str, _: str) -> tuple[Problem, int]:
    """Windows by day, a budget and at most so many of a type; and units of time in one of the file's."""
    scale, n_days, budget, most, opens, closes, nodes = judge.read_mctopmtw(folder, name)
    points = np.array([(node["x"], node["y"]) for node in nodes.values()])
    travel = truncated(points, scale)
    places = [(k, i, node) for k, (i, node) in enumerate(nodes.items()) if i is not None]
    visits = []
    for k, i, node in places:
        e = node["edges"]
        windows = []
        for d in range(n_days):
            first = node["swap"] == (d % 2 == 0)
            spans = ((e[0], e[1]), (e[2], e[3])) if first else ((e[1], e[2]), (e[3], e[4]))
            windows += [(DAY * d + lo, DAY * d + hi) for lo, hi in spans]
        visits.append(plain_visit(k, node["score"], windows, visit_id=str(i), service_s=node["service"]))
    caps = [Cap("budget", {str(i): int(node["fee"]) for _, i, node in places}, int(budget))]
    caps += [Cap(f"type {z + 1}", {str(i): node["types"][z] for _, i, node in places}, n) for z, n in enumerate(most)]
    teams = on_days(plain_team("0", (0, 0)), (opens, closes), n_days)
    return replace(plain_problem(travel, visits, teams, Weights()), caps=tuple(caps)), scale


def read_pvrp(judge: Any, folder: Path, name: str, _: str) -> tuple[Problem, int]:
    """
    Clients of whom each is visited on the days of one of its combinations; no times, as the judge needs none.

    A vehicle holds a load, and its tour may be of any length: one unit of load takes as long as no tour is, so that a
    tour ends within the shift if and only if its load fits.
    """
    n_teams, n_days, limits, nodes = judge.read_pvrp(folder, name)
    points = np.array([node[:2] for node in nodes.values()])
    exact = np.hypot(*(points[:, None] - points[None]).transpose(2, 0, 1))
    capacity = int(limits[0][1])
    # The longest day with which the last one ends within the range of a clock.
    day_s = 2**30 // (n_days + 1)
    unit_s = day_s // (2 * (capacity + 1))
    scale = min(1_000.0, unit_s / (4.0 * exact.max()))
    shift_s = (capacity + 1) * unit_s - 1
    model = Model(shift=(0, shift_s), weights={"travel": 1.0 / scale})
    model.add_base("depot")
    for d in range(n_days):
        for k in range(n_teams):
            begin = (day_s - 86_400) * d
            model.add_team(f"{k}-{d}", base="depot", shift=(begin, begin + shift_s), day=d)
    for i, (_, _, _, load, combinations, _) in nodes.items():
        if i is not None:
            days = sorted([d for d in range(n_days) if c[d] == "1"] for c in combinations)
            add_client(model, str(i), days, (day_s, shift_s), service_s=int(load) * unit_s)
    model.set_travel(np.rint(exact * scale))
    return model.problem, 0


def add_client(model: Model, name: str, days: Sequence[Sequence[int]], day: tuple[int, int], **keys: Any) -> None:
    """
    The visits of a client, which are made on one of the combinations `days`.

    Most sets of combinations are those within bounds on the days from each visit to each later one. Where a set is not,
    each combination is an alternative, of which one is made.
    """
    day_s, shift_s = day
    n = len(days[0])
    bounds = {(a, b): (min(gaps), max(gaps)) for a in range(n) for b in range(a + 1, n)
              if (gaps := [c[b] - c[a] for c in days])}  # fmt: skip
    open_days = [sorted({c[a] for c in days}) for a in range(n)]
    within = [c for c in product(*open_days) if all(lo <= c[b] - c[a] <= hi for (a, b), (lo, hi) in bounds.items())]
    if len(within) > len(days):
        for k, one in enumerate(days):
            # Of a routine visit nothing follows if it is left out.
            add_client(model, f"{name}@{k}", [one], day, place=name, track="routine", **keys)
        model.add_cap([f"{name}@{k}@0" for k in range(len(days))], 1)
        return
    for a, on in enumerate(open_days):
        windows = [(day_s * d, day_s * d + shift_s) for d in on]
        model.add_visit(f"{name}@{a}", value=0.0, window=windows, is_must=True, **({"place": name} | keys))
    for (a, b), (lo, hi) in bounds.items():
        if len(days) > 1 or "place" in keys:
            minutes = [(day_s * lo - shift_s) / 60, (day_s * hi + shift_s) / 60]
            model.add_link(f"{name}@{a}", f"{name}@{b}", min_minutes=minutes[0], max_minutes=minutes[1])


READERS: dict[str, Callable[[Any, Path, str, str], tuple[Problem, int]]] = {
    "dresden": read_dresden,
    "mctopmtw": read_mctopmtw,
    "pvrp": read_pvrp,
}

if __name__ == "__main__":
    main()
