"""What a first run compiles, and what it costs: the dearest functions, and the runs after each other.

    uv run python -m tests.benchmarks.plan.first_run [--scenario scenarios/quancheng] [--rows 20]

Both parts have a cache of their own, empty at first. First the scenario is planned by 200 rounds in this process, all
jobs of the planner in it too, so that numba tells of each function: processor seconds without those that it calls. Then
`sweep run` is called three times as a user would. Prints two tables. To be run on a quiet machine.
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import subprocess
import sys
import tempfile
import time
from collections import defaultdict
from pathlib import Path
from typing import Any

from numba.core import event

from tests.benchmarks.machine import tell_run

N_RUNS = 3


class Compiling(event.Listener):
    """Processor seconds of each function's compiling, without those that it calls."""

    def __init__(self) -> None:
        self.seconds: dict[str, float] = defaultdict(float)
        self.n_kinds: dict[str, int] = defaultdict(int)
        self._open: list[list[float]] = []

    def on_start(self, event: Any) -> None:
        self._open.append([time.thread_time(), 0.0])

    def on_end(self, event: Any) -> None:
        began, inside = self._open.pop()
        seconds = time.thread_time() - began
        if self._open:
            self._open[-1][1] += seconds
        function = event.data["dispatcher"].py_func
        name = f"{function.__module__}.{function.__qualname__}"
        self.seconds[name] += seconds - inside
        self.n_kinds[name] += 1


def main() -> None:
    """Print both tables."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--scenario", default="scenarios/quancheng")
    parser.add_argument("--rows", type=int, default=20)
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        os.environ["XDG_CACHE_HOME"] = f"{folder}/of_runs"
        print_runs(arguments.scenario, Path(folder) / "out")
        os.environ["XDG_CACHE_HOME"] = f"{folder}/of_functions"
        print_functions(arguments.scenario, Path(folder) / "out", arguments.rows)


def print_runs(scenario: str, out: Path) -> None:
    """One line a run: wall and processor seconds, rounds, and the gap to the plan's own bound."""
    for n in range(N_RUNS):
        began, before = time.monotonic(), resource.getrusage(resource.RUSAGE_CHILDREN)
        command = [str(Path(sys.executable).with_name("sweep")), "run", scenario, "--out", str(out), "--json"]
        made = json.loads(subprocess.run(command, check=True, capture_output=True).stdout)  # noqa: S603
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
        tell_run(
            "first runs", f"run {n + 1}", seed=None, seconds=time.monotonic() - began, value=made["value"],
            best_known=made["bound"], gap_pct=100 * made["gap"], cpu_s=cpu, rounds=made["n_iterations"],
        )  # fmt: skip


def print_functions(scenario: str, out: Path, n_rows: int) -> None:
    """One line a function, the dearest first."""
    from sweep.jobs.run_scenario import run
    from sweep.plan import jit_warmup
    from sweep.scenario.load_scenario import load_scenario

    listener = Compiling()
    with event.install_listener("numba:compile", listener):
        for job in (jit_warmup.search, jit_warmup.steps_and_proof):
            job()
        run(load_scenario(Path(scenario), {"solver.iterations": "200"}), out)
    print(f"# {sum(listener.seconds.values()):.1f} s for {sum(listener.n_kinds.values())} kinds", flush=True)
    print("function,kinds,cpu_s")
    for name, seconds in sorted(listener.seconds.items(), key=lambda item: -item[1])[:n_rows]:
        print(f"{name},{listener.n_kinds[name]},{seconds:.2f}", flush=True)


if __name__ == "__main__":
    main()
