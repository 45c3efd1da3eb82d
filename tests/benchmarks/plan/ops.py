"""The planner on the Orienteering Problem with Synchronisation: every agent that a job needs starts it together.

    uv run python -m tests.benchmarks.plan.ops DIR --seconds 60 [--only NAME,...] [--all] [--solutions FILE]

DIR holds `instances/` and `bks.csv`. Without --only or --all: the fixed sample of 40, every eighth row by name. A job
is a visit with a slot for each device that needs it; a device is a team, and a skill that it alone has holds the slot
for it. m is the number of devices that are not implied by others. Proven optima and best found values are counted
apart.
"""

from __future__ import annotations

import json
import time
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from geodata.array_types import Int64s
from sweep.plan.jit_warmup import PLANNER
from sweep.plan.problem.problem import Problem, Weights
from sweep.plan.solve import Settings, solve
from sweep.records.visits import Slot
from tests.benchmarks.plan.instances import (
    UNREACHABLE,
    Results,
    best_known,
    find_instance,
    gap_pct,
    parse_arguments,
    plain_problem,
    plain_team,
    plain_visit,
    read_text,
)
from tests.plan.judge import starts

EVERY = 8


@dataclass(frozen=True, slots=True)
class Jobs:
    """Jobs 1 .. n - 2 that may be done between place 0 and place n - 1."""

    profit: Sequence[int]
    travel: Int64s
    """From the start of one job to the soonest start of another on one device, so service is in it; shape (n, n)."""
    devices: tuple[tuple[int, ...], ...]
    """Jobs of each device."""
    limit: int


def main() -> None:
    """Run the instances and print a line for each."""
    parser = parse_arguments(__doc__, 60.0)
    parser.add_argument("--all", action="store_true", help="all 317, not the sample")
    arguments = parser.parse_args()
    rows = sorted(best_known(arguments.folder, arguments.only), key=lambda r: r["instance"])
    if not arguments.only and not arguments.all:
        rows = rows[::EVERY]
    PLANNER.wait()
    results = Results("max", arguments.solutions)
    n_met: dict[str, list[bool]] = {}
    for row in rows:
        name, bks = row["instance"], float(row["bks"])
        jobs = read_jobs(read_text(find_instance(arguments.folder, name)))
        start = time.monotonic()
        plan = solve(to_problem(jobs), Settings(arguments.seed, arguments.seconds))
        seconds, made = time.monotonic() - start, starts(plan)
        value = sum(jobs.profit[int(j)] for j in made)
        results.add(
            f"ops, {arguments.seconds:g} s", name, bks, value,
            seed=arguments.seed, seconds=seconds, solution={"start": made}, n_teams=len(jobs.devices),
        )  # fmt: skip
        gap = gap_pct(value, bks, "max") or 0.0
        proven = "optimal" in row["status"]
        n_met.setdefault("proven optima met" if proven else "best found within 1 %", []).append(
            gap <= (1e-9 if proven else 1.0)
        )
    for kind, met in n_met.items():
        print(f"# {kind}: {sum(met)} of {len(met)}")
    results.close()


def read_jobs(text: str) -> Jobs:
    """
    One instance without the devices that others imply.

    If all jobs of device A are jobs of device B, then B's order of them keeps A's times as well: on B the starts of two
    jobs are apart by at least the sum of the travels on the way from one to the other, which by the triangle inequality
    is not less than the direct one, and likewise from place 0 and to the last place. So A can be left out; its start
    times are B's. The inequality is checked, and without it all devices are kept.
    """
    data = json.loads(text)
    travel = np.array(data["T"], np.int64)
    sets = sorted({frozenset(jobs) for jobs in data["Jk"] if jobs}, key=lambda s: (-len(s), sorted(s)))
    if keeps_triangle(travel):
        sets = [s for k, s in enumerate(sets) if not any(s < other for other in sets[:k])]
    return Jobs(data["b"], travel, tuple(tuple(sorted(s)) for s in sets), int(data["L"]))


def keeps_triangle(travel: Int64s) -> bool:
    """Whether no way over a third job is shorter, with place 0 as a start only and the last as an end only."""
    from_, via, to = travel[:-1], travel[1:-1, 1:], np.arange(1, travel.shape[1])
    over = (from_[:, 1:-1, None] + via[None]).min(axis=1)
    short = over < from_[:, 1:]
    # A job does not come twice, so what would start or end at the same one does not count.
    return not short[np.arange(len(from_))[:, None] != to[None]].any()


def to_problem(jobs: Jobs) -> Problem:
    """The planner's own words for it."""
    last = len(jobs.profit) - 1
    travel = jobs.travel.copy()
    travel[1:, 0] = UNREACHABLE
    travel[last, :] = UNREACHABLE
    np.fill_diagonal(travel, 0)
    names = [f"D{k}" for k in range(len(jobs.devices))]
    teams = [plain_team(name, (0, jobs.limit), end_base_id=str(last), n_skilled={name: 1}) for name in names]
    visits = []
    for j in range(1, last):
        needed = [n for n, d in zip(names, jobs.devices, strict=True) if j in d]
        slots = tuple(Slot(k, {}, 0, {name: 1}, service_s=0) for k, name in enumerate(needed))
        visits.append(plain_visit(j, float(jobs.profit[j]), [(0, jobs.limit)], slots=slots))
    return plain_problem(travel, visits, teams, Weights())


if __name__ == "__main__":
    main()
