"""What the planner's benchmark scripts share: arguments, plain problems from plain numbers, the lines they print.

Not a script. A line is printed as soon as its plan is there, and its solution written for an independent judge.
"""

from __future__ import annotations

import argparse
import csv
import gzip
import importlib.util
import json
import math
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from fnmatch import fnmatch
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from geodata.array_types import Int64s
from sweep.plan.problem.problem import Lag, Problem, TeamRules, Weights
from sweep.records.buildings import Building
from sweep.records.people import Base, Person, Team
from sweep.records.service_time import ServiceMinutes
from sweep.records.visits import Slot, Visit
from tests.benchmarks.machine import tell_run

UNREACHABLE = 2**31 - 1
HERE = "here"
NO_RULES = TeamRules(0, 0, {}, 0, assist_letter=True)


def parse_arguments(text: str | None, seconds: float = 10.0, *, has_folder: bool = True) -> argparse.ArgumentParser:
    """The arguments that all scripts understand."""
    parser = argparse.ArgumentParser(description=text, formatter_class=argparse.RawDescriptionHelpFormatter)
    if has_folder:
        parser.add_argument("folder", type=Path, help="holds instances/ and bks.csv")
    parser.add_argument("--seconds", type=float, default=seconds, help="for each instance and solver")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--only", default="", help="NAME[:M],... ; * stands for any signs")
    parser.add_argument("--solutions", type=Path, help="JSON lines for the judge")
    return parser


def best_known(folder: Path, only: str) -> list[dict[str, str]]:
    """Rows of bks.csv that are wanted, by name and number of teams."""
    return [r for r in rows_of_bks(folder) if is_wanted(only, r["instance"], r.get("m", ""))]


def rows_of_bks(folder: Path) -> list[dict[str, str]]:
    """All rows of bks.csv."""
    with (folder / "bks.csv").open(encoding="utf-8") as file:
        return list(csv.DictReader(file))


def is_wanted(only: str, name: str, m: str = "") -> bool:
    """Whether a list of NAME or NAME:M takes the instance in; an empty one takes all."""
    patterns = [part.partition(":") for part in only.split(",") if part]
    return not patterns or any(fnmatch(name, n) and x in ("", m) for n, _, x in patterns)


def read_text(path: Path) -> str:
    """A file's text, gzip or not."""
    return gzip.decompress(path.read_bytes()).decode("latin1") if path.suffix == ".gz" else path.read_text("latin1")


def find_instance(folder: Path, name: str) -> Path:
    """The instance's file, whatever its ending."""
    return next(p for p in sorted((folder / "instances").rglob("*")) if p.is_file() and p.name.split(".")[0] == name)


def read_judge(folder: Path) -> Any:
    """The judge beside the data, as a module."""
    spec = importlib.util.spec_from_file_location("judge", folder / "judge.py")
    if spec is None or spec.loader is None:
        raise FileNotFoundError(folder / "judge.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def truncated(points: NDArray[np.float64], scale: int) -> Int64s:
    """Euclidean distances cut off behind the last decimal, in whole units."""
    exact = np.hypot(*(points[:, None] - points[None]).transpose(2, 0, 1))
    whole: Int64s = np.floor(exact * scale + 1e-9).astype(np.int64)
    return whole


def plain_visit(place: int, value: float, windows_s: Sequence[tuple[int, int]], **more: Any) -> Visit:
    """A visit to one place for one team; `more` are fields of `Visit`."""
    plain: dict[str, Any] = {"visit_id": str(place), "slots": (Slot(0, {}, 0),), "is_must": False, "n_firms": 0}
    return Visit(
        building_id=str(place), division_code=HERE, track="case", basis=("-",), targets=(), value=value,
        windows_s=tuple(windows_s), **(plain | more),
    )  # fmt: skip


def plain_team(team_id: str, shift_s: tuple[int, int], **more: Any) -> Team:
    """A team without people that starts and ends at place 0; `more` are fields of `Team`."""
    plain: dict[str, Any] = {"member_ids": (), "base_id": "0"}
    return Team(
        team_id=team_id, division_codes=frozenset({HERE}), shift_s=shift_s, n_certified={}, n_female_certified=0,
        recusals=frozenset(), **(plain | more),
    )  # fmt: skip


def plain_problem(
    travel: Int64s,
    visits: Sequence[Visit],
    teams: Sequence[Team],
    weights: Weights,
    *,
    lags: Sequence[Lag] = (),
    people: Sequence[Person] = (),
    rules: TeamRules = NO_RULES,
    shift_s: tuple[int, int] | None = None,
) -> Problem:
    """A problem whose places are the rows of the travel table, named by their number."""
    ids = [str(k) for k in range(len(travel))]
    return Problem(
        day=date(2026, 1, 1),
        visits=tuple(visits),
        buildings={k: Building(k, k, "", HERE, None, None, 1, 0, 0, 1.0, 0.0, 0.0) for k in ids},
        people=tuple(people),
        teams=tuple(teams),
        rules=rules,
        bases={k: Base(k, k, HERE, 0.0, 0.0) for k in ids},
        places={k: row for row, k in enumerate(ids)},
        travel_s=travel,
        distance_m=travel,
        unreachable=UNREACHABLE,
        shift_s=shift_s or (min(t.shift_s[0] for t in teams), max(t.shift_s[1] for t in teams)),
        minutes=ServiceMinutes(0.0, 0.0, 0.0),
        link_tolerance_s=0,
        weights=weights,
        lags=tuple(lags),
    )


@dataclass
class Results:
    """The lines of one script: one for each solver, instance and seed."""

    sense: str
    """`max` or `min`."""
    solutions: Path | None
    packages: Iterable[str] = ()
    """Whose versions count beside the planner's own: those of the peers."""
    found: dict[tuple[str, str], list[tuple[float, float | None]]] = field(default_factory=dict)
    """Value and gap of each plan, by set and solver."""

    def __post_init__(self) -> None:
        if self.solutions:
            self.solutions.write_text("", encoding="utf-8")

    def add(
        self, name: str, instance: str, best_known: float | None, value: float, *, seed: int, seconds: float,
        solution: Mapping[str, Any], solver: str = "sweep", sense: str | None = None, **more: object,
    ) -> None:  # fmt: skip
        """Print one line, as `tell_run` does, and write its solution; `sense` if it is not that of all."""
        gap = gap_pct(value, best_known, sense or self.sense)
        tell_run(
            name, instance, seed=seed, seconds=seconds, value=value, best_known=best_known, gap_pct=gap,
            solver=solver, packages=self.packages, **more,
        )  # fmt: skip
        self.found.setdefault((name, solver), []).append((value, gap))
        if self.solutions:
            line = {"instance": instance, "solver": solver, "seconds": round(seconds, 1), **solution}
            with self.solutions.open("a", encoding="utf-8") as file:
                file.write(json.dumps(line) + "\n")

    def compare(
        self, name: str, row: Mapping[str, Any], task: Any, solvers: Mapping[str, Callable[..., Any]],
        worth: Callable[..., float], arguments: argparse.Namespace,
    ) -> None:  # fmt: skip
        """Add the routes of each solver, asked as in `peers.py`, for a row with `instance`, `m` and `bks`."""
        for solver, ask in solvers.items():
            start = time.monotonic()
            routes = ask(task, arguments.seconds, arguments.seed)
            self.add(
                f"{name}, {arguments.seconds:g} s", f"{row['instance']}:{row['m']}", float(row["bks"]) or None,
                worth(task, routes), seed=arguments.seed, seconds=time.monotonic() - start, solver=solver,
                solution={"instance": row["instance"], "m": row["m"], "routes": routes},
            )  # fmt: skip

    def close(self) -> None:
        """Print the means of each set and solver as comments."""
        for (name, solver), found in self.found.items():
            gaps = [gap for _, gap in found if gap is not None]
            told = f", gap {np.mean(gaps):.3f} %, largest {max(gaps):.3f} %" if gaps else ""
            print(f"# {name}: {solver}: mean of {len(found)}: {np.mean([v for v, _ in found]):.3f}{told}", flush=True)


def gap_pct(value: float, bks: float | None, sense: str) -> float | None:
    """Per cent that a value is worse than the best known one, negative if it is better; None if either is missing."""
    if not bks or not math.isfinite(value):
        return None
    # As precise as it is shown, and no minus before a nought.
    return round(100.0 * (bks - value if sense == "max" else value - bks) / abs(bks), 3) + 0.0


def run_peers(peers: Mapping[str, Callable[..., Any]], wanted: str) -> dict[str, Callable[..., Any]]:
    """The peers that are asked for: all, or those named in a list."""
    return {name: peer for name, peer in peers.items() if wanted == "all" or name in wanted.split(",")}
