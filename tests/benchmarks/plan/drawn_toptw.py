"""Instances of team orienteering that nobody has tuned on, drawn by the rules of the pr sets with new seeds.

    uv run python -m tests.benchmarks.plan.drawn_toptw OUT [--seed 1] [--best LINES.jsonl]

Writes `OUT/instances` and `OUT/bks.csv`, which `toptw.py` reads as it reads the published ones: prn01 to prn10 with the
windows of pr01-pr10 (90 to 180 long), prw01 to prw10 with those of pr11-pr20 (180 to 360), each with 1 to 4 vehicles.
There is no best known value until LINES has what longer runs of `toptw.py` printed: the best of each is taken.

The rules are those of Cordeau, Laporte and Mercier (2001), A unified tabu search heuristic for vehicle routing problems
with time windows, as far as the published files show them: clients near a few seeds in a square, service and profit of
1 to 25, a day of 1,000.
"""

from __future__ import annotations

import argparse
import csv
import json
from collections.abc import Iterator
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

SIZES = (48, 96, 144, 192, 240, 288, 72, 144, 216, 288)
"""Clients of the ten instances of a set, as published."""

N_SEEDS = (4, 4, 4, 4, 4, 4, 6, 6, 6, 6)
"""Around which the clients of each lie: the depots of the routing problems that these came from."""

WINDOWS = {"prn": ((60, 480), (90, 180)), "prw": ((60, 300), (180, 360))}
"""Of each set: from when to when a window opens, and how long it is."""

NEARNESS = 0.05
"""How fast the chance of a client falls with the distance to a seed."""


def main() -> None:
    """Write all instances and the table of best values."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("out", type=Path)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--best", type=Path, help="JSON lines of toptw.py")
    arguments = parser.parse_args()
    folder = arguments.out / "instances"
    folder.mkdir(parents=True, exist_ok=True)
    names = []
    for name, text in drawn(arguments.seed):
        (folder / f"{name}.txt").write_text(text, encoding="utf-8")
        names.append(name)
    best = best_values(arguments.best)
    with (arguments.out / "bks.csv").open("w", encoding="utf-8", newline="") as file:
        table = csv.writer(file)
        table.writerow(("instance", "m", "bks"))
        table.writerows((name, m, best.get(f"{name}:{m}", 0)) for name in names for m in range(1, 5))


def drawn(seed: int) -> Iterator[tuple[str, str]]:
    """Name and text of each instance."""
    for kind, (windows, lengths) in WINDOWS.items():
        for number, (n, n_seeds) in enumerate(zip(SIZES, N_SEEDS, strict=True), 1):
            chance = np.random.default_rng((seed, windows[1], number))
            seeds = chance.uniform(-50, 50, (n_seeds, 2))
            points = np.vstack([seeds.mean(axis=0)[None], near(seeds, n, chance)])
            opens = chance.integers(*windows, n)
            closes = opens + chance.integers(*lengths, n)
            service, profit = chance.integers(1, 26, (2, n))
            rows = [f"0 {points[0, 0]:.3f} {points[0, 1]:.3f} 0 0 0 0 0 1000"]
            rows += [
                f"{k + 1} {x:.3f} {y:.3f} {service[k]} {profit[k]} 0 0 {opens[k]} {closes[k]}"
                for k, (x, y) in enumerate(points[1:])
            ]
            yield f"{kind}{number:02}", "\n".join([f"0 0 {n} 0", "0 0", *rows]) + "\n"


def near(seeds: NDArray[np.float64], n: int, chance: np.random.Generator) -> NDArray[np.float64]:
    """So many points in a square, as array (n, 2): each kept by a chance that falls with the distance to the seeds."""
    kept: list[NDArray[np.float64]] = []
    while len(kept) < n:
        point = chance.uniform(-100, 100, 2)
        if chance.random() < np.exp(-NEARNESS * np.hypot(*(seeds - point).T)).sum():
            kept.append(point)
    return np.array(kept)


def best_values(path: Path | None) -> dict[str, float]:
    """The best value of each instance and number of vehicles in a file of lines; none without a file."""
    best: dict[str, float] = {}
    for text in path.read_text(encoding="utf-8").splitlines() if path else ():
        if text.startswith("{"):
            line = json.loads(text)
            best[line["instance"]] = max(line["value"], best.get(line["instance"], 0.0))
    return best


if __name__ == "__main__":
    main()
