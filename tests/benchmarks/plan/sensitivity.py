"""
Half and double of each parameter of the search, by the change of the objective; writes the rows of `sensitivity.csv`.

    uv run python -m tests.benchmarks.plan.sensitivity DATA [--only NAME,...] [--seconds 1] [--seeds 1,2] > FILE

DATA is the folder with `benchmarks/` and `districts/`. Three sets have three instances each: districts drawn from Xuhui
(teams composed, joint and due visits), orienteering on long routes (pr), home visits by pairs with paid travel. What
acts over several days only is run on three plans of Dresden instead. Each instance is solved twice (by seed) within the
same processor time, of which two threads use `--seconds` each, so that other programs do not matter. A process has one
value; if compiled code reads the parameter, it compiles on its own. A share is at most 1. Baselines take eight seeds.
"""

from __future__ import annotations

import argparse
import csv
import importlib
import json
import os
import re
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np

from sweep.plan.kernel import search_parameters
from tests.benchmarks.machine import machine
from tests.paths import ROOT

SETS = {
    "districts": ("1", "2", "5"),
    "toptw": ("pr04:2", "pr08:3", "pr10:1"),
    "vrptwsyn": ("case_1_50_10_5_4", "case_3_50_10_5_4", "case_1_80_16_8_3"),
    "dresden": ("0", "2", "5"),
}
# A limit by rounds or by the clock of the wall, or values that are no number.
NOT_MEASURED = {"rounds_together", "tasks_together", "pool_times", "pool_times_few_teams"}
BASE_SEEDS = "1,2,3,4,5,6,7,8"
NAMES = ("parameter", "value", "factor", "set", "change_pct", "standard_error_pct", "runs", "must_missed")


def main() -> None:
    """Run the baseline and each changed value, and print a row for each set."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("data", type=Path)
    parser.add_argument("--only", default="", help="NAME,...")
    parser.add_argument("--seconds", type=float, default=1.0)
    parser.add_argument("--seeds", default="1,2")
    parser.add_argument("--changed", default="", help="NAME=VALUE; for a process that this script begins")
    parser.add_argument("--sets", default="districts,toptw,vrptwsyn,dresden")
    arguments = parser.parse_args()
    if arguments.changed:
        print(json.dumps(totals(arguments)))
        return
    print(f"# {json.dumps(machine())}")
    table = csv.writer(sys.stdout, lineterminator="\n")
    table.writerow(NAMES)
    base = run(arguments, "seed=0", arguments.sets, BASE_SEEDS)
    for name in arguments.sets.split(","):
        table.writerow(["", "", "", name, *compared(base, base, name)])
    kernel = "".join(path.read_text(encoding="utf-8") for path in (ROOT / "sweep/plan/kernel").glob("*.py"))
    wanted = arguments.only.split(",") if arguments.only else [*search_parameters.PARAMETERS._asdict()]
    for parameter in wanted:
        if parameter in NOT_MEASURED:
            continue
        is_over_days = parameter.endswith("over_days") or parameter == "must_share"
        sets = "dresden" if is_over_days else ",".join(s for s in arguments.sets.split(",") if s != "dresden")
        for factor, value in changed_values(parameter):
            is_compiled = re.search(rf"PARAMETERS\.{parameter}\b", kernel) is not None
            found = run(arguments, f"{parameter}={value}", sets, arguments.seeds, is_compiled=is_compiled)
            for name in sets.split(","):
                table.writerow([parameter, value, factor, name, *compared(found, base, name)])
            sys.stdout.flush()


def changed_values(parameter: str) -> Iterator[tuple[float, float]]:
    """Yield factor and value; a share stays below 1, a count is whole and at least 1."""
    value = getattr(search_parameters.PARAMETERS, parameter)
    for factor in (0.5, 2.0):
        changed = factor * value
        if isinstance(value, int):
            changed = max(1, round(changed))
        elif re.search("share|blink|until|prize", parameter):
            changed = min(1.0, changed)
        if changed != value:
            yield factor, changed


def run(arguments: argparse.Namespace, changed: str, sets: str, seeds: str, *, is_compiled: bool = False) -> Any:
    """Return the totals of a process with the changed value: by set, instance and seed."""
    with tempfile.TemporaryDirectory() as cache:
        own = {"XDG_CACHE_HOME": cache} if is_compiled else {}
        command = [sys.executable, "-m", __spec__.name, str(arguments.data), "--changed", changed, "--sets", sets]
        command += ["--seconds", str(arguments.seconds), "--seeds", seeds]
        done = subprocess.run(command, env=os.environ | own, cwd=ROOT, check=True, capture_output=True, text=True)  # noqa: S603
    return json.loads(done.stdout)


def compared(found: Any, base: Any, name: str) -> tuple[float, float, int, int]:
    """Mean change against the baseline's means in percent, its standard error, runs, and missed must-visits."""
    changes, missed = [], 0
    for instance, runs in found[name].items():
        known = float(np.mean([total for total, _ in base[name][instance]]))
        changes += [100.0 * (total - known) / abs(known) for total, _ in runs]
        missed += sum(m for _, m in runs)
    error = np.std(changes, ddof=1) / len(changes) ** 0.5
    return round(float(np.mean(changes)), 2), round(float(error), 2), len(changes), missed


def totals(arguments: argparse.Namespace) -> dict[str, dict[str, list[tuple[float, int]]]]:
    """Solve every instance with the changed value; return objective and missed must-visits by set and instance."""
    name, _, value = arguments.changed.partition("=")
    before = search_parameters.PARAMETERS
    if name in before._fields:
        search_parameters.PARAMETERS = before._replace(**{name: type(getattr(before, name))(float(value))})
    # The planner is loaded only now: its modules take the record as they are loaded.
    solving = importlib.import_module("sweep.plan.solve")
    objective = importlib.import_module("sweep.plan.problem.objective").objective
    problems = {(s, i): read(arguments.data, s, i) for s in arguments.sets.split(",") for i in SETS[s]}
    for problem in problems.values():
        solving.solve(problem, solving.Settings(1, n_iterations=400, is_proof_wanted=False, is_review_wanted=False))
    # The processor time of two threads is twice that of the clock.
    time.monotonic = lambda: time.process_time() / 2.0
    found: dict[str, dict[str, list[tuple[float, int]]]] = {}
    for (set_name, instance), problem in problems.items():
        for seed in arguments.seeds.split(","):
            limits = solving.Settings(int(seed), arguments.seconds, is_proof_wanted=False, is_review_wanted=False)
            plan = solving.solve(problem, limits)
            parts = objective(problem, plan.routes, plan.teams)
            found.setdefault(set_name, {}).setdefault(instance, []).append((parts.total, parts.must_missed))
    return found


def read(data: Path, set_name: str, instance: str) -> Any:
    """The problem of an instance."""
    script = importlib.import_module(f"tests.benchmarks.plan.{'multiday' if set_name == 'dresden' else set_name}")
    folder = data / "benchmarks" / set_name
    if set_name == "districts":
        return script.district(script.read(data / "districts/xuhui/problems/08-teams.json.gz"), int(instance))
    if set_name == "toptw":
        name, _, m = instance.partition(":")
        return script.to_problem(script.read_selection(script.find_instance(folder, name), int(m)))
    if set_name == "vrptwsyn":
        row = script.best_known(folder, instance)[0]
        content = json.loads(script.read_text(script.find_instance(folder, row["instance"])))
        return script.to_model(content, "travel").problem
    folder = data / "benchmarks/multiday/dresden"
    row = script.rows_of_bks(folder)[int(instance)]
    judge = script.read_judge(folder.parent)
    return script.read_dresden(judge, folder, row["instance"], row.get("scenario", ""))[0]


if __name__ == "__main__":
    main()
