"""The planner on the Team Orienteering Problem with Time Windows, through `solve`, beside its peers.

    uv run --group bench python -m tests.benchmarks.plan.toptw DIR --seconds 10 [--only NAME:M,...] [--peers [NAME,...]]
        [--solutions FILE]

DIR holds `instances/` and `bks.csv`. Distances are truncated to one decimal (two for pr), so a unit of time is a tenth
(a hundredth). Without --peers it needs no group.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np

from sweep.plan.jit_warmup import PLANNER
from sweep.plan.problem.problem import Problem, Weights
from sweep.plan.solve import Settings, solve
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
from tests.benchmarks.plan.peers import PACKAGES, PEERS, Routes, Selection


def main() -> None:
    """Run the instances and print a line for each."""
    parser = parse_arguments(__doc__)
    parser.add_argument(
        "--peers", nargs="?", const="all", default="", help="pyvrp,vroom,or_tools; all if none is named"
    )
    arguments = parser.parse_args()
    rows = best_known(arguments.folder, arguments.only)
    peers = run_peers(PEERS, arguments.peers)
    PLANNER.wait()
    results = Results("max", arguments.solutions, PACKAGES if peers else ())
    for row in rows:
        name, m = row["instance"], int(row["m"])
        task = read_selection(find_instance(arguments.folder, name), m)
        part = "pr" if name.startswith("pr") else "c r rc"
        results.compare(f"toptw {part}", {**row, "m": m}, task, {"sweep": by_sweep, **peers}, profit, arguments)
    results.close()


def by_sweep(task: Selection, seconds: float, seed: int) -> Routes:
    """As the peers in `peers.py`."""
    plan = solve(to_problem(task), Settings(seed, seconds, is_proof_wanted=False))
    return [[int(s.building_id) for s in r.stops] for r in plan.routes]


def read_selection(path: Path, m: int) -> Selection:
    """One instance with `m` equal vehicles; vertex 0 is the base, its closing time the end of the shift."""
    scale = 100 if path.name.startswith("pr") else 10
    rows = [line.split() for line in read_text(path).splitlines() if line.strip()]
    nodes = np.array([[*row[1:5], *row[-2:]] for row in rows[2 : 3 + int(rows[0][2])]], np.float64)
    return Selection(
        travel=truncated(nodes[:, :2], scale),
        service=np.rint(nodes[:, 2] * scale).astype(np.int64),
        prize=nodes[:, 3].astype(np.int64),
        window=np.rint(nodes[:, 4:] * scale).astype(np.int64),
        n_vehicles=m,
    )


def to_problem(task: Selection) -> Problem:
    """The planner's own words for it."""
    day = (int(task.window[0, 0]), int(task.window[0, 1]))
    visits = [
        plain_visit(k, float(task.prize[k]), [(int(lo), int(hi))], service_s=int(task.service[k]))
        for k, (lo, hi) in enumerate(task.window)
        if k
    ]
    return plain_problem(task.travel, visits, [plain_team(f"T{k}", day) for k in range(task.n_vehicles)], Weights())


def profit(task: Selection, routes: Sequence[Sequence[int]]) -> int:
    """What a set of routes collects."""
    return int(sum(task.prize[v] for route in routes for v in route))


if __name__ == "__main__":
    main()
