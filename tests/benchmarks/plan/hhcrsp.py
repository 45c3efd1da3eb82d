"""The planner on Home Health Care Routing and Scheduling (Mankowska et al. 2014): two carers together or within a lag.

    uv run python -m tests.benchmarks.plan.hhcrsp DIR --seconds 60 [--only NAME,...] [--groups A,B,C] [--solutions FILE]

DIR holds `instances/` and `bks.csv`. The column m says which instance it is: A 10 patients ... G 300. Minimised:
(distance + total lateness + largest lateness) / 3, all patients served. A unit of time is a thousandth of a minute, so
every number in the files is whole.
"""

from __future__ import annotations

import json
import time
from collections.abc import Iterator, Mapping, Sequence
from itertools import pairwise
from typing import Any

import numpy as np

from sweep.plan.problem.problem import Lag, Problem, Weights
from sweep.plan.solve import Settings, solve, wait_for_compiler
from sweep.records.plan import Plan
from sweep.records.visits import Slot, Visit
from tests.benchmarks.plan.instances import (
    Results,
    best_known,
    find_instance,
    parse_arguments,
    plain_problem,
    plain_team,
    plain_visit,
    read_text,
)

SCALE = 1_000
# Lateness is soft and there is no end of the shift; a week of minutes is far behind any start.
FAR = 7 * 1_440 * SCALE
PRICE = 1.0 / 3.0 / SCALE


def main() -> None:
    """Run the instances and print a line for each."""
    parser = parse_arguments(__doc__, 60.0)
    parser.add_argument("--groups", default="", help="letters of the set, such as A,B,C")
    arguments = parser.parse_args()
    groups = tuple(part for part in arguments.groups.split(",") if part)
    rows = [r for r in best_known(arguments.folder, arguments.only) if not groups or r["m"].startswith(groups)]
    wait_for_compiler(None)
    results = Results("min", arguments.solutions)
    for row in rows:
        data = json.loads(read_text(find_instance(arguments.folder, row["instance"])))
        start = time.monotonic()
        plan = solve(to_problem(data), Settings(arguments.seed, arguments.seconds, is_proof_wanted=False))
        seconds = time.monotonic() - start
        solution = to_solution(data, plan)
        value = cost(data, solution) if not plan.unserved else float("inf")
        results.add(
            f"hhcrsp {row['m'][0]}, {arguments.seconds:g} s", f"{row['instance']}:{row['m']}", float(row["bks"]), value,
            seed=arguments.seed, seconds=seconds, solution={"instance": row["instance"], "routes": solution},
        )  # fmt: skip
    results.close()


def to_problem(data: Mapping[str, Any]) -> Problem:
    """The planner's own words: a simultaneous pair is a visit with two slots, one after the other is a lag."""
    travel = np.rint(SCALE * np.array(data["distances"])).astype(np.int64)
    teams = [plain_team(c["id"], (0, FAR), n_skilled=dict.fromkeys(c["abilities"], 1)) for c in data["caregivers"]]
    visits: list[Visit] = []
    lags: list[Lag] = []
    for place, patient in enumerate(data["patients"], 1):
        services, sync = patient["required_caregivers"], patient.get("synchronization")
        if sync is None or sync["type"] == "simultaneous":
            visits.append(_visit(place, patient, services))
            continue
        parts = [_visit(place, patient, [service], f"/{k}") for k, service in enumerate(services)]
        least, most = (SCALE * x for x in sync["distance"])
        lags.append(Lag(parts[0].visit_id, parts[1].visit_id, least, most))
        visits += parts
    weights = Weights(travel=PRICE, lateness=PRICE, largest_lateness=PRICE)
    return plain_problem(travel, visits, teams, weights, lags=lags)


def _visit(place: int, patient: Mapping[str, Any], services: Sequence[Mapping[str, Any]], part: str = "") -> Visit:
    opens, closes = (round(SCALE * x) for x in patient["time_window"])
    slots = tuple(
        Slot(k, {}, 0, {s["service"]: 1}, service_s=round(SCALE * s["duration"])) for k, s in enumerate(services)
    )
    name = patient["id"] + part
    return plain_visit(place, 0.0, [(opens, FAR)], visit_id=name, slots=slots, is_must=True, due_s=closes)


def to_solution(data: Mapping[str, Any], plan: Plan) -> list[dict[str, Any]]:
    """The judge's form: each carer's services in order, with their starts in minutes."""
    services = {p["id"]: [s["service"] for s in p["required_caregivers"]] for p in data["patients"]}
    routes = []
    for route in plan.routes:
        stops = []
        for stop in route.stops:
            patient, _, part = stop.visit_id.partition("/")
            service = services[patient][int(part) if part else stop.slot]
            stops.append({"patient": patient, "service": service, "arrival_time": stop.start_s / SCALE})
        routes.append({"caregiver_id": route.team_id, "locations": stops})
    return routes


def cost(data: Mapping[str, Any], routes: Sequence[Mapping[str, Any]]) -> float:
    """(Distance + total lateness + largest lateness) / 3."""
    row = {p["id"]: k for k, p in enumerate(data["patients"], 1)}
    due = {p["id"]: p["time_window"][1] for p in data["patients"]}
    late = [max(0.0, s["arrival_time"] - due[s["patient"]]) for r in routes for s in r["locations"]]
    return float(sum(_legs(data["distances"], row, routes)) + sum(late) + max(late, default=0.0)) / 3.0


def _legs(
    distances: Sequence[Sequence[float]], row: Mapping[str, int], routes: Sequence[Mapping[str, Any]]
) -> Iterator[float]:
    for route in routes:
        places = [0, *(row[s["patient"]] for s in route["locations"]), 0]
        yield from (distances[a][b] for a, b in pairwise(places))


if __name__ == "__main__":
    main()
