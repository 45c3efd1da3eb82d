"""The planner on Prize-Collecting VRP with Time Windows, 1,000 clients and capacities, beside PyVRP.

    uv run --group bench python -m tests.benchmarks.plan.pcvrptw DIR --seconds 60 [--only NAME,...]
        [--peers [pyvrp,or_tools]] [--solutions FILE] [--clients N,...]

DIR holds `instances/` and `bks.csv`; with --clients instances of so many clients are drawn with the seed instead, of
which no best cost is known. Minimised: distance + prizes not collected; distances are truncated to one
decimal, so a unit is a tenth. VROOM cannot weigh a prize against a way, so it is no peer here.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from sweep.plan.problem.problem import Problem, Weights
from sweep.plan.solve import Settings, solve, wait_for_compiler
from tests.benchmarks.plan.instances import (
    Results,
    best_known,
    find_instance,
    parse_arguments,
    plain_problem,
    plain_team,
    plain_visit,
    read_text,
    run_peers,
    truncated,
)
from tests.benchmarks.plan.peers import PACKAGES, Routes, Selection, by_or_tools, by_pyvrp

SCALE = 10
PEERS = {"pyvrp": by_pyvrp, "or_tools": by_or_tools}


def main() -> None:
    """Run the instances and print a line for each."""
    parser = parse_arguments(__doc__, 60.0)
    parser.add_argument("--peers", nargs="?", const="pyvrp", default="", help="pyvrp,or_tools; pyvrp if none is named")
    parser.add_argument("--clients", type=lambda text: [int(n) for n in text.split(",")], help="draw, of so many")
    arguments = parser.parse_args()
    peers = run_peers(PEERS, arguments.peers)
    wait_for_compiler(None, is_travel_paid=True)
    results = Results("min", arguments.solutions, PACKAGES if peers else ())
    solvers = {"sweep": by_sweep, **peers}
    if arguments.clients:
        for n in arguments.clients:
            task = drawn_selection(n, arguments.seed)
            row = {"instance": f"drawn-{n}", "m": task.n_vehicles, "bks": 0}
            results.compare("pcvrptw drawn", row, task, solvers, cost, arguments)
    else:
        for row in best_known(arguments.folder, arguments.only):
            task = read_selection(read_text(find_instance(arguments.folder, row["instance"])))
            results.compare("pcvrptw", row, task, solvers, cost, arguments)
    results.close()


def by_sweep(task: Selection, seconds: float, seed: int) -> Routes:
    """As the peers in `peers.py`."""
    plan = solve(to_problem(task), Settings(seed, seconds, is_proof_wanted=False))
    return [[int(s.building_id) for s in r.stops] for r in plan.routes]


def read_selection(text: str) -> Selection:
    """One instance; client k is in row k, the depot in row 0; everything in tenths."""
    head: dict[str, str] = {}
    rows: dict[str, list[list[float]]] = {}
    here: list[list[float]] | None = None
    for line in map(str.strip, text.splitlines()):
        if line.endswith("_SECTION"):
            here = rows.setdefault(line.removesuffix("_SECTION"), [])
        elif here is not None and line not in ("", "EOF"):
            here.append([float(x) for x in line.split()])
        elif ":" in line:
            key, value = line.split(":", 1)
            head[key.strip()] = value.strip()
    n = len(rows["NODE_COORD"])
    service = np.full(n, round(float(head["SERVICE_TIME"]) * SCALE), np.int64)
    service[0] = 0
    return Selection(
        travel=truncated(np.array(rows["NODE_COORD"])[:, 1:], SCALE),
        service=service,
        prize=_tenths(rows["PRIZE"])[:, 0],
        window=_tenths(rows["TIME_WINDOW"]),
        n_vehicles=int(head["VEHICLES"]),
        load=np.array(rows["DEMAND"], np.int64)[:, 1],
        capacity=int(head["CAPACITY"]),
        is_travel_paid=True,
    )


def drawn_selection(n: int, seed: int) -> Selection:
    """So many clients in a square around the depot, a vehicle for every 14; three in ten may come at any time."""
    rng = np.random.default_rng(seed)
    side = 500.0 * np.sqrt(n / 1_000)
    points = rng.random((n + 1, 2)) * side
    points[0] = side / 2
    travel = truncated(points, SCALE)
    horizon, service = int(SCALE * (2 * side + 1_200)), np.full(n + 1, 10 * SCALE, np.int64)
    service[0] = 0
    first, last = travel[0], horizon - travel[0] - service
    middle = first + rng.random(n + 1) * (last - first)
    half = np.where(rng.random(n + 1) < 0.7, rng.integers(300, 1_200, n + 1), horizon)
    window = np.rint(np.column_stack([np.maximum(first, middle - half), np.minimum(last, middle + half)]))
    window[0] = (0, horizon)
    prize, load = rng.integers(200, 1_200, n + 1), rng.integers(1, 40, n + 1)
    load[0] = 0
    return Selection(
        travel=travel,
        service=service,
        prize=prize,
        window=window.astype(np.int64),
        n_vehicles=n // 14,
        load=load,
        capacity=250,
        is_travel_paid=True,
    )


def _tenths(rows: Sequence[Sequence[float]]) -> np.ndarray[tuple[int, int], np.dtype[np.int64]]:
    return np.rint(SCALE * np.array(rows)[:, 1:]).astype(np.int64)


def to_problem(task: Selection) -> Problem:
    """The planner's own words for it: a prize is the value, in its own unit."""
    if task.load is None or task.capacity is None:
        raise ValueError("the instance has no capacity")
    day = (int(task.window[0, 0]), int(task.window[0, 1]))
    visits = [
        plain_visit(
            k,
            float(task.prize[k]) / SCALE,
            [(int(task.window[k, 0]), int(task.window[k, 1]))],
            service_s=int(task.service[k]),
            load=int(task.load[k]),
        )
        for k in range(1, len(task.travel))
    ]
    teams = [plain_team(f"T{k}", day, capacity=task.capacity) for k in range(task.n_vehicles)]
    return plain_problem(task.travel, visits, teams, Weights(travel=1.0 / SCALE))


def cost(task: Selection, routes: Sequence[Sequence[int]]) -> float:
    """Distance and the prizes of the clients that are left out."""
    left = task.prize.copy()
    left[0] = 0
    total = 0
    for route in routes:
        if route:
            places = [0, *route, 0]
            total += int(task.travel[places[:-1], places[1:]].sum())
            left[list(route)] = 0
    return float(total + left.sum()) / SCALE


if __name__ == "__main__":
    main()
