"""The public builder on home visits of which some need two carers together (Bredstroem and Roennqvist 2008).

    uv run python -m tests.benchmarks.plan.vrptwsyn DIR [--seconds 60] [--objective NAME] [--only NAME]
        [--solutions FILE] [--reference SECONDS]

DIR holds `instances/`, `bks.csv` and `judge.py`. Every visit must be served. By travel a pair is one visit of two
teams. By preference a pair is two visits that start together, each carer is a team of a day of its own on the same
clock, and the value of a visit by day says what each carer is worth there. The largest difference of work is not an
objective of the problem: its uneven work is the sum of the differences from the mean, travel included. A second of the
problem is one of the file.

`--reference` has CP-SAT minimise preference or work under the same rules, with no plan to start from: its value stands
as the best known one, and its bound is printed.
"""

from __future__ import annotations

import json
import time
from collections.abc import Mapping
from itertools import combinations
from typing import Any

import numpy as np
from ortools.sat.python import cp_model

from sweep.api.problem_builder import Model
from sweep.plan.solve import wait_for_compiler
from sweep.records.plan import Plan
from tests.benchmarks.plan.instances import (
    Results,
    best_known,
    find_instance,
    parse_arguments,
    read_judge,
    read_text,
)

MINUTE_S, DAY_S = 60, 86_400
# By objective: weights for each minute (travel breaks ties), and the key of the judge.
OBJECTIVES: dict[str, tuple[dict[str, float], str]] = {
    "travel": ({"travel": 1.0 / MINUTE_S}, "travel"),
    "preference": ({}, "preference"),
    "work": ({"uneven_work": 1.0 / MINUTE_S}, "workload_difference"),
}
# The numbers have five decimals.
POINTS = 100_000


def main() -> None:
    """Run the instances and print a line for each."""
    parser = parse_arguments(__doc__, 60.0)
    parser.add_argument("--objective", choices=OBJECTIVES, default="travel")
    parser.add_argument("--reference", type=float, default=0.0, help="seconds of CP-SAT")
    arguments = parser.parse_args()
    key = OBJECTIVES[arguments.objective][1]
    judge = read_judge(arguments.folder)
    wait_for_compiler(None)
    results = Results("min", arguments.solutions)
    for row in best_known(arguments.folder, arguments.only):
        data = json.loads(read_text(find_instance(arguments.folder, row["instance"])))
        start = time.monotonic()
        plan = to_model(data, arguments.objective).solve(time_limit=arguments.seconds, seed=arguments.seed)
        routes = to_routes(data, plan)
        errors, values = judge.judge(judge.Instance(data), {"routes": routes})
        known, bound = (float(row[f"own_{name}"]) if row[f"own_{name}"] else None for name in ("travel", "bound"))
        if key != "travel":
            known, bound = reference(data, key, arguments.reference) if arguments.reference else (None, None)
        results.add(
            f"vrptwsyn {arguments.objective}, {arguments.seconds:g} s", row["instance"], known,
            np.inf if errors else values[key], seed=arguments.seed, seconds=time.monotonic() - start,
            solution={"routes": routes}, errors=errors, values=values, bound=bound,
        )  # fmt: skip
    results.close()


def to_model(data: Mapping[str, Any], objective: str) -> Model:
    """The instance, built as a user would build it."""
    day, is_by_carer = (0, data["horizon"] * MINUTE_S), objective == "preference"
    model = Model(shift=day, weights=OBJECTIVES[objective][0])
    model.add_base("base")
    for k, carer in enumerate(data["carers"]):
        own = k if is_by_carer else 0
        model.add_team(carer, base="base", shift=(day[0] - own * DAY_S, day[1] - own * DAY_S), day=own)
    visits, rows = {v["id"]: (row, v) for row, v in enumerate(data["visits"], 1)}, [0]
    partner = dict(data["pairs"])
    together = {i: (i, j) for pair in data["pairs"] for i, j in (pair, pair[::-1])}
    for visit_id, (row, visit) in visits.items():
        if not is_by_carer and visit_id in partner.values():
            continue
        both, rows = [visits[i][1] for i in together.get(visit_id, (visit_id,))], [*rows, row]
        most = max(visit["preference"])
        model.add_visit(
            visit_id, value=0.0, is_must=True,
            window=(max(v["open"] for v in both) * MINUTE_S, min(day[1], *(v["close"] * MINUTE_S for v in both))),
            slots=[{"service_s": v["duration"] * MINUTE_S} for v in (both[:1] if is_by_carer else both)],
            values=[most - number for number in visit["preference"]] if is_by_carer else (),
        )  # fmt: skip
    for first, second in partner.items() if is_by_carer else ():
        model.add_link(first, second, is_apart=True)
    model.set_travel(np.array(data["travel"])[np.ix_(rows, rows)] * MINUTE_S)
    return model


def to_routes(data: Mapping[str, Any], plan: Plan) -> dict[str, list[tuple[str, float]]]:
    """The routes as the judge reads them: slot 1 of a visit is its partner."""
    partner = dict(data["pairs"])
    return {
        route.team_id: [
            (partner[s.visit_id] if s.slot else s.visit_id, s.start_s / MINUTE_S) for s in route.stops
        ]
        for route in plan.routes
    }  # fmt: skip


def reference(data: Mapping[str, Any], key: str, seconds: float) -> tuple[float | None, float | None]:
    """The least preference or difference of work that CP-SAT finds, and its bound; None if it finds no plan."""
    visits, carers = data["visits"], range(len(data["carers"]))
    model = cp_model.CpModel()
    by = [[model.new_bool_var("") for _ in carers] for _ in visits]
    away, starts = data["travel"], []
    for i, v in enumerate(visits):
        model.add_exactly_one(by[i])
        latest = min(v["close"], data["horizon"] - v["duration"] - away[i + 1][0])
        starts.append(model.new_int_var(max(v["open"], away[0][i + 1]), latest, ""))
    for i, j in combinations(range(len(visits)), 2):
        is_same, is_first = model.new_bool_var(""), model.new_bool_var("")
        for c in carers:
            model.add_bool_or(by[i][c].negated(), by[j][c].negated(), is_same)
        for a, b, literal in ((i, j, is_first), (j, i, is_first.negated())):
            gap = visits[a]["duration"] + away[a + 1][b + 1]
            model.add(starts[a] + gap <= starts[b]).only_enforce_if(is_same, literal)
    row = {v["id"]: i for i, v in enumerate(visits)}
    for first, second in data["pairs"]:
        model.add(starts[row[first]] == starts[row[second]])
        for c in carers:
            model.add_at_most_one(by[row[first]][c], by[row[second]][c])
    if key == "preference":
        numbers = [[round(n * POINTS) for n in v["preference"]] for v in visits]
        model.minimize(sum(numbers[i][c] * by[i][c] for i in row.values() for c in carers))
    else:
        work = [sum(v["duration"] * by[i][c] for i, v in enumerate(visits)) for c in carers]
        least, most = (model.new_int_var(0, data["horizon"], "") for _ in range(2))
        for of in work:
            model.add(least <= of)
            model.add(of <= most)
        model.minimize(most - least)
    solver = cp_model.CpSolver()
    solver.parameters.max_time_in_seconds, solver.parameters.num_workers = seconds, 2
    if solver.solve(model) not in (cp_model.OPTIMAL, cp_model.FEASIBLE):
        return None, None
    points = POINTS if key == "preference" else 1
    return solver.objective_value / points, solver.best_objective_bound / points


if __name__ == "__main__":
    main()
