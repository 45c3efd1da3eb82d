"""The public builder on home visits of which some need two carers together (Bredstroem and Roennqvist 2008).

    uv run python -m tests.benchmarks.plan.vrptwsyn DIR [--seconds 60] [--objective NAME] [--only NAME]
        [--solutions FILE]

DIR holds `instances/`, `bks.csv` and `judge.py`. Every visit must be served; a pair is one visit of two teams. The
travel of all is in the objective of the problem as it is. The other two are not, and are judged all the same: of
preferences a problem says only which carers are preferred (the quarter with the lowest numbers, each other one costs
1), and of work the sum of the differences from the mean, travel included. A second of the problem is one of the file.
"""

from __future__ import annotations

import json
import time
from collections.abc import Mapping
from typing import Any

import numpy as np

from sweep.api.model import Model
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

MINUTE_S = 60
# By objective: weights for each minute or slot (travel breaks ties), and the key of the judge.
OBJECTIVES: dict[str, tuple[dict[str, float], str]] = {
    "travel": ({"travel": 1.0 / MINUTE_S}, "travel"),
    "preference": ({"unpreferred": 1.0}, "preference"),
    "work": ({"uneven_work": 1.0 / MINUTE_S}, "workload_difference"),
}


def main() -> None:
    """Run the instances and print a line for each."""
    parser = parse_arguments(__doc__, 60.0)
    parser.add_argument("--objective", choices=OBJECTIVES, default="travel")
    arguments = parser.parse_args()
    weights, key = OBJECTIVES[arguments.objective]
    judge = read_judge(arguments.folder)
    wait_for_compiler(None)
    results = Results("min", arguments.solutions)
    for row in best_known(arguments.folder, arguments.only):
        data = json.loads(read_text(find_instance(arguments.folder, row["instance"])))
        start = time.monotonic()
        plan = to_model(data, weights).solve(time_limit=arguments.seconds, seed=arguments.seed)
        routes = to_routes(data, plan)
        errors, values = judge.judge(judge.Instance(data), {"routes": routes})
        known = float(row["own_travel"] or 0.0) if key == "travel" else 0.0
        results.add(
            f"vrptwsyn {arguments.objective}, {arguments.seconds:g} s", row["instance"], known or None,
            np.inf if errors else values[key], seed=arguments.seed, seconds=time.monotonic() - start,
            solution={"routes": routes}, errors=errors, values=values, status=row["own_status"],
        )  # fmt: skip
    results.close()


def to_model(data: Mapping[str, Any], weights: Mapping[str, float]) -> Model:
    """The instance, built as a user would build it."""
    day = (0, data["horizon"] * MINUTE_S)
    model = Model(shift=day, weights=weights)
    model.add_base("base")
    for carer in data["carers"]:
        model.add_person(carer, base="base", agency="care")
        model.add_team(carer, base="base", member_ids=[carer])
    visits, rows = {v["id"]: (row, v) for row, v in enumerate(data["visits"], 1)}, [0]
    partner = dict(data["pairs"])
    for visit_id in [v for v in visits if v not in partner.values()]:
        row, visit = visits[visit_id]
        both = [visit, visits[partner[visit_id]][1]] if visit_id in partner else [visit]
        rows.append(row)
        numbers = np.sum([v["preference"] for v in both], axis=0)
        n_preferred = -(-len(numbers) // 4)
        model.add_visit(
            visit_id, value=0.0, is_must=True,
            window=(max(v["open"] for v in both) * MINUTE_S, min(day[1], *(v["close"] * MINUTE_S for v in both))),
            slots=[{"service_s": v["duration"] * MINUTE_S} for v in both],
            preferred=[data["carers"][k] for k in np.argsort(numbers, kind="stable")[:n_preferred]],
        )  # fmt: skip
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


if __name__ == "__main__":
    main()
