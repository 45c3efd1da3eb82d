"""The planner on home health care (Ceschia et al. 2026): overtime, idle time, breaks, preferences, optional visits.

    uv run python -m tests.benchmarks.plan.uhhc DIR [--seconds S] [--seeds 1,2,3] [--groups NAME,...] [--only NAME]

DIR holds `instances/`, `bks.csv` and `judge.py`. Without --seconds each instance has as many as the published annealing
took by bks.csv, or 10. A second of the problem is a minute of the file. Minimised: the sum of the file's costs.
"""

from __future__ import annotations

import json
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from sweep.plan.problem.problem import Lag, Problem, Weights
from sweep.plan.solve import Settings, solve, wait_for_compiler
from sweep.records.people import BreakTime, Team
from sweep.records.plan import Plan, Route
from sweep.records.visits import Slot, Visit
from tests.benchmarks.plan.instances import (
    Results,
    best_known,
    find_instance,
    parse_arguments,
    plain_problem,
    plain_team,
    plain_visit,
    read_judge,
    read_text,
)

# Where lateness or overtime costs, this is behind every start and return.
FAR = 10_000
HARD = "HARD"
# Served services of one patient without a relation: any start goes with any other.
ANY_LAG = (-FAR, FAR)
WEIGHTS = {
    "travel": "travel_time",
    "lateness": "total_tardiness",
    "largest_lateness": "highest_tardiness",
    "overtime": "total_extra_time",
    "waiting": "total_waiting_time",
    "largest_idle": "max_idle_time",
    "uneven_work": "workload_balance",
    "unpreferred": "caregiver_preferences",
}


def main() -> None:
    """Run the instances and print a line for each."""
    parser = parse_arguments(__doc__, 0.0)
    parser.add_argument("--seeds", default="1", help="1,2,3")
    parser.add_argument("--groups", default="validation", help="of the set, such as validation,small")
    arguments = parser.parse_args()
    groups = arguments.groups.split(",")
    limit = f"{arguments.seconds:g} s" if arguments.seconds else "as long as the annealing"
    judge = read_judge(arguments.folder)
    wait_for_compiler(None)
    results = Results("min", arguments.solutions)
    for row in best_known(arguments.folder, arguments.only):
        if row["group"] not in groups and not arguments.only:
            continue
        data = json.loads(read_text(find_instance(arguments.folder, row["instance"])))
        seconds = arguments.seconds or float(row["sa_seconds"] or 10.0)
        for seed in arguments.seeds.split(","):
            start = time.monotonic()
            plan = solve(to_problem(data), Settings(int(seed), seconds, is_proof_wanted=False))
            took = time.monotonic() - start
            routes = to_routes(data, plan)
            bks = float(row["sa_best"] or row["bks"] or 0.0) or None
            total, parts, faults = judge.judge(judge.Instance(data), {"routes": routes})
            results.add(
                f"uhhc {row['group']}, {limit}", row["instance"], bks, np.inf if faults else total,
                seed=int(seed), seconds=took, solution={"routes": routes},
                parts={name: price for name, (_, price) in parts.items() if price}, faults=faults,
            )  # fmt: skip
    results.close()


def to_problem(data: Mapping[str, Any]) -> Problem:
    """The planner's own words: services at one moment are slots, services one after the other are lagged visits."""
    costs = data["metadata"]["cost_components"]
    visits: list[Visit] = []
    lags: list[Lag] = []
    for patient in data["patients"]:
        services = patient["required_services"]
        sync = patient.get("synchronization") if len(services) > 1 else None
        if len(services) == 1 or (sync and sync["type"] == "simultaneous"):
            visits.append(_visit(data, patient, services))
            continue
        parts = [_visit(data, patient, [service], f"/{k}") for k, service in enumerate(services)]
        least, most = ANY_LAG
        if sync and sync["type"] == "sequential":
            gap = sync["distance"]
            least, most = (gap["min"], gap["max"]) if isinstance(gap, dict) else gap
        is_apart = bool(sync and sync["type"] == "sequential")
        # Services that must all be made and have no relation need nothing that ties them.
        if is_apart or patient.get("optional"):
            lags += [Lag(parts[0].visit_id, part.visit_id, least, most, is_apart) for part in parts[1:]]
        visits += parts
    weights = {name: _weight(costs, key) for name, key in WEIGHTS.items()}
    travel = np.array(data["distances"], np.int64)
    return plain_problem(travel, visits, [_team(data, c) for c in data["caregivers"]], Weights(**weights), lags=lags)


def _weight(costs: Mapping[str, Any], name: str) -> float:
    weight = costs.get(name)
    return 0.0 if weight in (None, HARD) else float(weight)


def _visit(
    data: Mapping[str, Any], patient: Mapping[str, Any], services: Sequence[Mapping[str, Any]], part: str = ""
) -> Visit:
    costs, is_at_end = data["metadata"]["cost_components"], data["metadata"]["time_window_met"] == "at_service_end"
    lasts = [s.get("duration") or _default(data, s["service"]) for s in services]
    slots = tuple(Slot(k, {}, 0, {s["service"]: 1}, t) for k, (s, t) in enumerate(zip(services, lasts, strict=True)))
    opens = [w["start"] for w in patient["time_windows"]]
    closes = [w["end"] for w in patient["time_windows"]]
    if costs.get("total_tardiness") == HARD:
        last = max(lasts) if is_at_end else 0
        windows, dues = [(a, b - last) for a, b in zip(opens, closes, strict=True)], ()
    else:
        windows = list(zip(opens, [*(x - 1 for x in opens[1:]), FAR], strict=True))
        dues = tuple(closes)
    preferred = patient.get("preferred_caregivers")
    # An empty list names nobody, and then everybody costs.
    wanted = () if preferred is None else tuple(preferred) or ("nobody",)
    price = 0.0 if part not in ("", "/0") else _weight(costs, "optional_patients")
    return plain_visit(
        patient["distance_matrix_index"], price if patient.get("optional") else 0.0, windows, slots=slots, dues_s=dues,
        is_due_at_end=is_at_end, preferred=wanted, is_must=not patient.get("optional"), visit_id=patient["id"] + part,
    )  # fmt: skip


def _default(data: Mapping[str, Any], service: str) -> int:
    return next(int(s["default_duration"]) for s in data["services"] if s["id"] == service)


def _team(data: Mapping[str, Any], carer: Mapping[str, Any]) -> Team:
    at = {t["id"]: str(t["distance_matrix_index"]) for t in data["terminal_points"]}
    row = {p["id"]: str(p["distance_matrix_index"]) for p in data["patients"]}
    shift = carer.get("working_shift") or {"start": 0, "end": FAR}
    is_hard = data["metadata"]["cost_components"].get("total_extra_time") == HARD
    away = [row[p["id"]] for p in data["patients"] if carer["id"] in (p.get("incompatible_caregivers") or ())]
    team = plain_team(
        carer["id"], (shift["start"], shift["end"] if is_hard else FAR), member_ids=(carer["id"],),
        base_id=at[carer["departing_point"]], end_base_id=at[carer.get("arrival_point") or carer["departing_point"]],
        n_skilled=dict.fromkeys(carer["abilities"], 1), paid_until_s=shift["end"],
        break_time=_break(data, carer),
        starts_with_shift=data["metadata"]["origin"] in ("bazirha", "bazirha-caie"),
    )  # fmt: skip
    return replace(team, recusals=frozenset(away))


def _break(data: Mapping[str, Any], carer: Mapping[str, Any]) -> BreakTime | None:
    lunch = data.get("lunch_breaks")
    if not carer.get("lunch_break") or not lunch:
        return None
    length = lunch["min_duration"]
    is_at_end = data["metadata"]["time_window_met"] == "at_service_end"
    return BreakTime(lunch["start"], lunch["end"] - (length if is_at_end else 0), length)


def to_routes(data: Mapping[str, Any], plan: Plan) -> dict[str, list[tuple[str, str, int]]]:
    """The judge's form: each carer's services and break in order, with their starts in minutes."""
    services = {p["id"]: [s["service"] for s in p["required_services"]] for p in data["patients"]}
    base = {c["id"]: c["departing_point"] for c in data["caregivers"]}
    return {route.team_id: list(_stops(route, services, base[route.team_id])) for route in plan.routes}


def _stops(route: Route, services: Mapping[str, Sequence[str]], base: str) -> Iterator[tuple[str, str, int]]:
    pause, place = route.break_s, base
    for stop in route.stops:
        if pause is not None and pause[1] <= stop.start_s and pause[0] < stop.start_s:
            yield place, "lunch_break", pause[0]
            pause = None
        place, _, part = stop.visit_id.partition("/")
        yield place, services[place][int(part) if part else stop.slot], stop.start_s
    if pause is not None:
        yield place, "lunch_break", pause[0]


if __name__ == "__main__":
    main()
