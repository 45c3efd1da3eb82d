"""The planner on the Team Orienteering Problem with Time Windows, through `solve`.

    uv run python tests/benchmarks/toptw.py DIR --seconds 10 [--only NAME:M,...] [--solutions FILE]

DIR holds `instances/` and `bks.csv`. Prints solver,instance,m,bks,value,gap_pct,seconds, then the mean gap; with
`--solutions`, writes the routes as JSON lines for an independent judge. Distances are truncated to one decimal (two
for pr), so a unit of time is a tenth (a hundredth).
"""

from __future__ import annotations

import argparse
import csv
import json
import time
from datetime import date
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from sweep.plan.problem import Problem, TeamRules
from sweep.plan.solve import Settings, solve
from sweep.records import Base, Building, Slot, Team, Visit
from sweep.service import ServiceMinutes

UNREACHABLE = 2**31 - 1
HERE = "here"


def main() -> None:
    """Run the instances and print the table."""
    parser = argparse.ArgumentParser()
    parser.add_argument("folder", type=Path)
    parser.add_argument("--seconds", type=float, default=10.0)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--only", default="")
    parser.add_argument("--solutions", type=Path)
    arguments = parser.parse_args()
    with (arguments.folder / "bks.csv").open(encoding="utf-8") as file:
        rows = [(r["instance"], int(r["m"]), float(r["bks"])) for r in csv.DictReader(file)]
    wanted = {tuple(part.split(":")) for part in arguments.only.split(",") if part}
    print("solver,instance,m,bks,value,gap_pct,seconds")
    gaps, lines = [], []
    for name, m, bks in rows:
        if wanted and (name, str(m)) not in wanted:
            continue
        problem = read_problem(arguments.folder / "instances" / f"{name}.txt", m)
        start = time.monotonic()
        plan = solve(problem, Settings(arguments.seed, arguments.seconds))
        gaps.append(100.0 * (bks - plan.value) / bks)
        print(f"sweep,{name},{m},{bks:.0f},{plan.value:.0f},{gaps[-1]:.2f},{time.monotonic() - start:.1f}", flush=True)
        routes = [[int(s.building_id) for s in r.stops] for r in plan.routes]
        lines.append(json.dumps({"instance": name, "m": m, "routes": routes, "solver": "sweep"}))
    print(f"mean gap,{len(gaps)} instances,,,,{np.mean(gaps):.3f},")
    if arguments.solutions:
        arguments.solutions.write_text("\n".join(lines) + "\n", encoding="utf-8")


def read_problem(path: Path, m: int) -> Problem:
    """One instance with `m` equal teams; vertex 0 is the base, its closing time the end of the shift."""
    scale = 100 if path.name.startswith("pr") else 10
    rows = [line.split() for line in path.read_text(encoding="latin1").splitlines() if line.strip()]
    nodes = [[float(x) for x in row] for row in rows[2 : 3 + int(rows[0][2])]]
    travel = truncated(np.array([node[1:3] for node in nodes]), scale)
    day = (round(nodes[0][-2] * scale), round(nodes[0][-1] * scale))
    ids = [str(k) for k in range(len(nodes))]
    return Problem(
        day=date(2026, 1, 1),
        visits=tuple(_visit(k, node, scale) for k, node in enumerate(nodes) if k),
        buildings={k: Building(k, k, "", HERE, None, None, 1, 0, 0, 1.0, 0.0, 0.0) for k in ids[1:]},
        people=(),
        teams=tuple(Team(f"T{k}", (), ids[0], frozenset({HERE}), day, {}, 0, frozenset()) for k in range(m)),
        rules=TeamRules(m, 0, {}, 0, assist_letter=False),
        bases={ids[0]: Base(ids[0], ids[0], HERE, 0.0, 0.0)},
        places={k: row for row, k in enumerate(ids)},
        travel_s=travel,
        distance_m=travel,
        unreachable=UNREACHABLE,
        shift_s=day,
        minutes=ServiceMinutes(0.0, 0.0, 0.0),
        link_tolerance_s=0,
    )


def _visit(k: int, node: list[float], scale: int) -> Visit:
    window = (round(node[-2] * scale), round(node[-1] * scale))
    return Visit(
        f"V{k}", str(k), HERE, "case", ("-",), (), 0, node[4], is_must=False, slots=(Slot(0, {}, 0),),
        windows_s=(window,), service_s=round(node[3] * scale),
    )  # fmt: skip


def truncated(points: NDArray[np.float64], scale: int) -> NDArray[np.int64]:
    """Euclidean distances cut off behind the last decimal, in whole units."""
    exact = np.hypot(*(points[:, None] - points[None]).transpose(2, 0, 1))
    return np.floor(exact * scale + 1e-9).astype(np.int64)


if __name__ == "__main__":
    main()
