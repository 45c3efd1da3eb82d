"""
Half and double of each parameter of the search, by the change of the objective; prints the rows of `sensitivity.csv`.

    uv run python -m tests.benchmarks.plan.sensitivity DATA [--only NAME,...] [--seconds 1] [--seeds 1,2] > FILE

DATA is the folder with `benchmarks/` and `districts/`. Three sets have three instances each: districts drawn from Xuhui
(teams composed, joint and due visits), orienteering on long routes (pr), home visits by pairs with paid travel. What
acts over several days only is run on three plans of Dresden instead. Each instance is solved once a seed within the
same processor time, of which two threads use `--seconds` each, so that other programs do not matter. Each value runs in
a copy of the program with that default, which compiles on its own. A share is at most 1. Baselines take eight seeds.
"""

from __future__ import annotations

import argparse
import csv
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import numpy as np

from sweep.plan.kernel.search_parameters import PARAMETERS
from sweep.plan.problem.objective import objective
from sweep.plan.problem.problem import Problem
from sweep.plan.solve import Settings, solve
from tests.benchmarks.machine import machine
from tests.benchmarks.plan import districts, due_weight, multiday, toptw, vrptwsyn
from tests.benchmarks.plan.instances import best_known, find_instance, read_judge, read_text, rows_of_bks
from tests.paths import ROOT

SETS = {
    "districts": ("1", "2", "5"),
    "toptw": ("pr04:2", "pr08:3", "pr10:1"),
    "vrptwsyn": ("case_1_50_10_5_4", "case_3_50_10_5_4", "case_1_80_16_8_3"),
    "dresden": ("0", "2", "5"),
}
# A limit by rounds, or values that are no number.
NOT_MEASURED = {"rounds_together", "tasks_together", "pool_times", "pool_times_few_teams"}
BASE_SEEDS = "1,2,3,4,5,6,7,8"
NAMES = ("parameter", "value", "factor", "set", "change_pct", "standard_error_pct", "runs", "must_missed")

type Totals = dict[str, dict[str, list[tuple[float, int]]]]
"""Objective and missed must-visits of each run, by set and instance."""


def main() -> None:
    """Run the baseline and each changed value, and print a row for each set."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("data", type=Path)
    parser.add_argument("--only", default=",".join(PARAMETERS._fields), help="NAME,...")
    parser.add_argument("--seconds", type=float, default=1.0)
    parser.add_argument("--seeds", default="1,2")
    parser.add_argument("--totals", default="", help="SET,...: print the totals of this copy of the program")
    arguments = parser.parse_args()
    if arguments.totals:
        print(json.dumps(totals(arguments, arguments.totals.split(","))))
        return
    print(f"# {json.dumps(machine())}")
    table = csv.writer(sys.stdout, lineterminator="\n")
    table.writerow(NAMES)
    base = run(arguments, [*SETS], BASE_SEEDS)
    table.writerows(["", "", "", name, *compared(base, base, name)] for name in SETS)
    for parameter in arguments.only.split(","):
        is_over_days = parameter.endswith("over_days") or parameter == "must_share"
        sets = [name for name in SETS if (name == "dresden") == is_over_days]
        for factor, value in changed_values(parameter):
            found = run(arguments, sets, arguments.seeds, parameter, value)
            table.writerows([parameter, value, factor, name, *compared(found, base, name)] for name in sets)
            sys.stdout.flush()


def changed_values(parameter: str) -> Iterator[tuple[float, float]]:
    """Yield factor and value; a share stays below 1, a count is whole and at least 1."""
    value = getattr(PARAMETERS, parameter)
    for factor in () if parameter in NOT_MEASURED else (0.5, 2.0):
        changed = factor * value
        if isinstance(value, int):
            changed = max(1, round(changed))
        elif re.search("share|blink|until|prize", parameter):
            changed = min(1.0, changed)
        if changed != value:
            yield factor, changed


def run(
    arguments: argparse.Namespace, sets: list[str], seeds: str, parameter: str = "", value: float | None = None
) -> Totals:
    """Return the totals of a copy of the program in which the parameter has the value."""
    with tempfile.TemporaryDirectory() as folder:
        copy = Path(folder)
        for name in ("sweep", "geodata", "tests"):
            shutil.copytree(ROOT / name, copy / name, ignore=shutil.ignore_patterns("__pycache__", "data"))
        source = copy / "sweep/plan/kernel/search_parameters.py"
        text = source.read_text(encoding="utf-8")
        source.write_text(re.sub(rf"(    {parameter}: \w+ = ).*", rf"\g<1>{value}", text), encoding="utf-8")
        command = [sys.executable, "-m", "tests.benchmarks.plan.sensitivity", str(arguments.data.resolve())]
        command += ["--totals", ",".join(sets), "--seconds", str(arguments.seconds), "--seeds", seeds]
        own = {"PYTHONPATH": folder, "XDG_CACHE_HOME": str(copy / "cache")}
        done = subprocess.run(command, env=os.environ | own, cwd=copy, check=True, capture_output=True, text=True)  # noqa: S603
    found: Totals = json.loads(done.stdout)
    return found


def compared(found: Totals, base: Totals, name: str) -> tuple[float, float, int, int]:
    """Mean change against the baseline's means in percent, its standard error, runs, and missed must-visits."""
    changes, missed = [], 0
    for instance, runs in found[name].items():
        known = float(np.mean([total for total, _ in base[name][instance]]))
        changes += [100.0 * (total - known) / abs(known) for total, _ in runs]
        missed += sum(m for _, m in runs)
    error = np.std(changes, ddof=1) / len(changes) ** 0.5
    return round(float(np.mean(changes)), 2), round(float(error), 2), len(changes), missed


def totals(arguments: argparse.Namespace, sets: list[str]) -> Totals:
    """Solve every instance of the sets; return objective and missed must-visits by set and instance."""
    problems = {(name, instance): read(arguments.data, name, instance) for name in sets for instance in SETS[name]}
    for problem in problems.values():
        solve(problem, Settings(1, n_iterations=400, is_proof_wanted=False, is_review_wanted=False))
    # The processor time of two threads is twice that of the clock.
    time.monotonic = lambda: time.process_time() / 2.0
    found: Totals = {name: {instance: [] for instance in SETS[name]} for name in sets}
    for (name, instance), problem in problems.items():
        for seed in arguments.seeds.split(","):
            limits = Settings(int(seed), arguments.seconds, is_proof_wanted=False, is_review_wanted=False)
            plan = solve(problem, limits)
            parts = objective(problem, plan.routes, plan.teams)
            found[name][instance].append((parts.total, parts.must_missed))
    return found


def read(data: Path, set_name: str, instance: str) -> Problem:
    """The problem of an instance."""
    folder = data / "benchmarks" / set_name
    if set_name == "districts":
        whole = due_weight.read(data / "districts/xuhui/problems/08-teams.json.gz")
        return districts.district(whole, int(instance))
    if set_name == "toptw":
        name, _, m = instance.partition(":")
        return toptw.to_problem(toptw.read_selection(find_instance(folder, name), int(m)))
    if set_name == "vrptwsyn":
        row = best_known(folder, instance)[0]
        content = json.loads(read_text(find_instance(folder, row["instance"])))
        return vrptwsyn.to_model(content, "travel").problem
    folder = data / "benchmarks/multiday/dresden"
    row = rows_of_bks(folder)[int(instance)]
    judge = read_judge(folder.parent)
    return multiday.read_dresden(judge, folder, row["instance"], row.get("scenario", ""))[0]


if __name__ == "__main__":
    main()
