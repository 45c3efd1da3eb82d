"""What the planner's benchmark scripts share: arguments, plain problems from plain numbers, the table they print.

Not a script. A row is printed as soon as it is known, and its solution written as a JSON line for an independent judge.
"""

from __future__ import annotations

import argparse
import csv
import gzip
import importlib.util
import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from fnmatch import fnmatch
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from geodata.arrays import Int64s
from sweep.plan.problem.problem import Lag, Problem, TeamRules, Weights
from sweep.records.people import Base, Person, Team
from sweep.records.places import Building
from sweep.records.service import ServiceMinutes
from sweep.records.visits import Slot, Visit
from tests.benchmarks.machine import print_machine

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
    """The table of one script; `sense` is `max` or `min`."""

    sense: str
    solutions: Path | None
    gaps: dict[str, list[float]] = field(default_factory=dict)
    values: dict[str, list[float]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        print("solver,instance,m,bks,value,gap_pct,seconds", flush=True)
        if self.solutions:
            self.solutions.write_text("", encoding="utf-8")

    def add(
        self, solver: str, name: str, m: int | str, bks: float | None, value: float, seconds: float,
        solution: Mapping[str, Any],
    ) -> None:  # fmt: skip
        """Print one row, and write its solution."""
        gap = gap_pct(value, bks, self.sense)
        self.values.setdefault(solver, []).append(value)
        if gap is not None:
            self.gaps.setdefault(solver, []).append(gap)
        shown = ("" if bks is None else f"{bks:g}", f"{value:.3f}".rstrip("0").rstrip("."))
        print(solver, name, m, *shown, "" if gap is None else f"{gap:.3f}", f"{seconds:.1f}", sep=",", flush=True)
        if self.solutions:
            line = {"instance": name, "m": m, "solver": solver, "seconds": round(seconds, 1), **solution}
            with self.solutions.open("a", encoding="utf-8") as file:
                file.write(json.dumps(line) + "\n")

    def close(self, packages: Iterable[str] = ()) -> None:
        """Print the means of each solver, then where and with what they were measured."""
        for solver, values in self.values.items():
            gaps = self.gaps.get(solver, [])
            mean = f"{np.mean(gaps):.3f}" if gaps else ""
            print(f"{solver},mean of {len(values)},,,{np.mean(values):.3f},{mean},", flush=True)
        print_machine(packages)


def gap_pct(value: float, bks: float | None, sense: str) -> float | None:
    """Per cent that a value is worse than the best known one; negative if it is better."""
    if not bks:
        return None
    # As precise as it is shown, and no minus before a nought.
    return round(100.0 * (bks - value if sense == "max" else value - bks) / bks, 3) + 0.0


def run_peers(peers: Mapping[str, Callable[..., Any]], wanted: str) -> dict[str, Callable[..., Any]]:
    """The peers that are asked for: all, or those named in a list."""
    return {name: peer for name, peer in peers.items() if wanted == "all" or name in wanted.split(",")}
