"""PyVRP, VROOM and OR-Tools' routing library on the selection of clients by equal vehicles; the group `bench` has them.

Not a script. PyVRP searches on two cores, with a seed for each, or on one if the process may use no more; VROOM uses as
many; OR-Tools, which has no seed, one. VROOM has no time limit here: it ends by itself, and the table says when.
Libraries are imported where they are asked for: the group is no part of the project.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from multiprocessing import get_context
from typing import Any

import numpy as np

from geodata.array_types import Int64s

Routes = list[list[int]]

PACKAGES = ("pyvrp", "pyvroom")
# Units of objective for one of profit, where a unit of travel is one, for PyVRP and OR-Tools. Of 20, 100, 1,000
# and 10,000 it served both best on five instances, 5 s each (profit 5081 and 4717 in all; with 10,000: 5058, 4372).
PROFIT_WEIGHT = 1_000
MOST_PRIORITY = 100
DEEPEST = 5
# As many as the planner's search has threads.
N_CORES = min(2, os.process_cpu_count() or 1)


@dataclass(frozen=True, slots=True)
class Selection:
    """Clients 1.. that may be served or not from place 0 by equal vehicles."""

    travel: Int64s
    """Shape (n, n)."""
    service: Int64s
    prize: Int64s
    window: Int64s
    """For the start of service, both ends inclusive, shape (n, 2); of place 0: the shift."""
    n_vehicles: int

    @property
    def worth(self) -> Int64s:
        """What each client is worth in units of travel."""
        return self.prize * PROFIT_WEIGHT


def by_pyvrp(task: Selection, seconds: float, seed: int) -> Routes:
    """The better of the searches on each core."""
    seeds = range(N_CORES * seed, N_CORES * (seed + 1))
    with ProcessPoolExecutor(N_CORES, get_context("spawn")) as pool:
        found = pool.map(_by_pyvrp, [task] * N_CORES, [seconds] * N_CORES, seeds)
        return min(found, key=lambda made: made[0])[1]


def _by_pyvrp(task: Selection, seconds: float, seed: int) -> tuple[float, Routes]:
    """Cost and routes, of clients with prizes, none required."""
    from pyvrp import Client, Depot, Location, ProblemData, VehicleType, solve
    from pyvrp.stop import MaxRuntime

    n = len(task.travel)
    shift = (int(task.window[0, 0]), int(task.window[0, 1]))
    table: Any = task.travel
    clients = [
        Client(
            location=k,
            service_duration=int(task.service[k]),
            tw_early=int(task.window[k, 0]),
            tw_late=int(task.window[k, 1]),
            prize=int(task.worth[k]),
            required=False,
        )
        for k in range(1, n)
    ]
    fleet = VehicleType(
        num_available=task.n_vehicles,
        tw_early=shift[0],
        tw_late=shift[1],
    )
    data = ProblemData(
        locations=[Location(0, 0)] * n,
        clients=clients,
        depots=[Depot(0)],
        vehicle_types=[fleet],
        distance_matrices=[table],
        duration_matrices=[table],
    )
    # Its clients are counted from 0, ours from 1.
    found = solve(data, stop=MaxRuntime(seconds), seed=seed, display=False)
    if not found.is_feasible():
        return np.inf, []
    return float(found.cost()), [[s.idx + 1 for s in route if s.is_client()] for route in found.best.routes()]


def by_vroom(task: Selection, seconds: float, seed: int) -> Routes:
    """Jobs with priorities, whose sum VROOM puts first; exact while no prize is above 100. It has no seed."""
    import vroom  # type: ignore[import-untyped]

    most = max(MOST_PRIORITY, int(task.prize.max()))
    opens, closes = map(int, task.window[0])
    problem = vroom.Input()
    problem.set_durations_matrix("car", task.travel.astype(np.uint32))
    problem.add_vehicle(
        [vroom.Vehicle(k, start=0, end=0, time_window=vroom.TimeWindow(opens, closes)) for k in range(task.n_vehicles)]
    )
    problem.add_job(
        [
            vroom.Job(
                k,
                location=k,
                default_service=int(task.service[k]),
                priority=round(MOST_PRIORITY * int(task.prize[k]) / most),
                time_windows=[vroom.TimeWindow(int(task.window[k, 0]), int(task.window[k, 1]))],
            )
            for k in range(1, len(task.travel))
        ]
    )
    table = problem.solve(exploration_level=DEEPEST, nb_threads=N_CORES).routes
    stops = table[table["type"] == "job"]
    return [[int(k) for k in group["id"]] for _, group in stops.groupby("vehicle_id", sort=True)]


def by_or_tools(task: Selection, seconds: float, seed: int) -> Routes:
    """Disjunctions whose penalty is the worth; guided local search. It has no seed."""
    from ortools.constraint_solver import pywrapcp, routing_enums_pb2

    n = len(task.travel)
    index = pywrapcp.RoutingIndexManager(n, task.n_vehicles, 0)
    model = pywrapcp.RoutingModel(index)
    way = model.RegisterTransitMatrix(task.travel.tolist())
    model.SetArcCostEvaluatorOfAllVehicles(way)
    pace = model.RegisterTransitMatrix((task.travel + task.service[:, None]).tolist())
    closes = int(task.window[0, 1])
    model.AddDimension(pace, closes, closes, False, "time")
    time = model.GetDimensionOrDie("time")
    for k in range(1, n):
        time.CumulVar(index.NodeToIndex(k)).SetRange(int(task.window[k, 0]), int(task.window[k, 1]))
        model.AddDisjunction([index.NodeToIndex(k)], int(task.worth[k]))
    for k in range(task.n_vehicles):
        time.CumulVar(model.Start(k)).SetMin(int(task.window[0, 0]))
    limits = pywrapcp.DefaultRoutingSearchParameters()
    limits.first_solution_strategy = routing_enums_pb2.FirstSolutionStrategy.PARALLEL_CHEAPEST_INSERTION
    limits.local_search_metaheuristic = routing_enums_pb2.LocalSearchMetaheuristic.GUIDED_LOCAL_SEARCH
    limits.time_limit.FromMilliseconds(round(1000 * seconds))
    found = model.SolveWithParameters(limits)
    return [] if found is None else [_route(index, model, found, k) for k in range(task.n_vehicles)]


def _route(index: Any, model: Any, found: Any, k: int) -> list[int]:
    route, at = [], found.Value(model.NextVar(model.Start(k)))
    while not model.IsEnd(at):
        route.append(index.IndexToNode(at))
        at = found.Value(model.NextVar(at))
    return route


PEERS: dict[str, Callable[[Selection, float, int], Routes]] = {
    "pyvrp": by_pyvrp,
    "vroom": by_vroom,
    "or_tools": by_or_tools,
}
