"""
Worker, scheduler and coordinator killed at random moments of runs of twelve small counties, on Dask with TLS.

    python -m tests.benchmarks.province.province_faults [--kills 100] [--counties 12] [--real]

What is killed is started again at once, as systemd would, and each run is begun again until it ends. Then its manifest
must be that of an undisturbed run, byte for byte, no job may have been done twice once it was finished, nothing half
made may lie about, and no coordinator may hang. Coordinators are forked from this process, which has loaded what they
need: half of a run would else be spent on that. One line of JSON a run, with the seed that gives it again, and the sum
of all at the end. With --real the counties are planned, not made up. A run that was wrong leaves its folder, with
--keep.
"""

from __future__ import annotations

import argparse
import multiprocessing
import os
import random
import shutil
import socket
import tempfile
import time
from collections import Counter
from multiprocessing.context import ForkProcess
from pathlib import Path

import dask

from geodata.errors import InputError
from geodata.message_catalogue import load_texts
from sweep.plan.jit_warmup import PLANNER
from sweep.province.engines.dask_client import DaskEngine
from sweep.province.engines.worker_pool import work
from sweep.province.run.run_province import run_province
from sweep.province.synthetic_province import write_made_up_province
from tests.benchmarks import machine
from tests.kills import left_over
from tests.province.run.cluster import Cluster, cluster
from tests.province.run.conftest import loaded
from tests.province.run.stub import stub_work, tell, write_province

FORK = multiprocessing.get_context("fork")
TARGETS = ("worker", "scheduler", "coordinator")
RIGHT = {"same_bytes": True, "done_twice": 0, "left_over": 0, "hung": 0}
# Coordinators of one run, and how many times as long as usual each may take until it counts as one that hangs.
MOST_BEGUN, MOST_TIMES, LEAST_PATIENCE_S = 20, 10.0, 120.0


def coordinate(folder: Path, out: Path, address: str, *, is_real: bool) -> None:
    """One coordinator, in a process of its own; it ends with 2 if its engine is gone."""
    engine = DaskEngine(address, 1, work if is_real else stub_work)
    try:
        run_province(loaded(folder), out, engine, lambda _: None)
    except InputError:
        os._exit(2)
    os._exit(0)


class Trial:
    """One run that is disturbed once or more until it ends."""

    def __init__(self, made: Cluster, folder: Path, out: Path, rng: random.Random, *, is_real: bool) -> None:
        self.made, self.folder, self.out, self.rng, self.is_real = made, folder, out, rng, is_real
        self.kills = Counter[str]()
        self.n_begun = self.n_hung = 0
        self.finished: dict[Path, int] = {}
        self.twice: set[Path] = set()

    def begin(self) -> ForkProcess:
        """A coordinator."""
        self.n_begun += 1
        given = (self.folder, self.out, self.made.address)
        process = FORK.Process(target=coordinate, args=given, kwargs={"is_real": self.is_real})
        process.start()
        return process

    def run(self, longest_s: float, usual_s: float) -> None:
        """Kill one of the three at a random moment, and begin again until all is done."""
        target = self.rng.choice(TARGETS)
        process = self.begin()
        self.ended(process, self.rng.uniform(0.0, longest_s))
        if process.is_alive():
            self.kills[target] += 1
            if target == "coordinator":
                process.kill()
            else:
                self.made.kill("scheduler" if target == "scheduler" else self.rng.choice(("w1", "w2")))
        while (code := self.ended(process, max(LEAST_PATIENCE_S, MOST_TIMES * usual_s))) != 0:
            if code is None:
                self.n_hung += 1
                process.kill()
                process.join()
            if self.n_begun >= MOST_BEGUN:
                raise TimeoutError(f"{MOST_BEGUN} coordinators did not end the run")
            process = self.begin()

    def ended(self, process: ForkProcess, patience_s: float) -> int | None:
        """The exit code; None if it goes on for so long. Whatever of the cluster ends meanwhile is started again."""
        deadline = time.monotonic() + patience_s
        while process.exitcode is None and time.monotonic() < deadline:
            self.made.start_what_ended()
            self._look()
            process.join(0.02)
        return process.exitcode

    def _look(self) -> None:
        """A result that is written again was computed again."""
        for file in (self.out / "p" / "results").glob("*/result.json"):
            written = file.stat().st_mtime_ns
            if self.finished.setdefault(file, written) != written:
                self.twice.add(file)

    def found(self, wanted: Path) -> dict[str, object]:
        """What came of the run, to be held against `RIGHT`."""
        (manifest,) = (self.out / "p").glob("*/manifest.json")
        self._look()
        return {
            "same_bytes": manifest.read_bytes() == wanted.read_bytes(),
            "done_twice": len(self.twice),
            "left_over": len(left_over(self.out)),
            "hung": self.n_hung,
        }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--kills", type=int, default=100)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--counties", type=int, default=12)
    parser.add_argument("--real", action="store_true")
    parser.add_argument("--keep", type=Path, help="where the folder of a wrong run goes")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as place:
        disturb(Path(place), given)


def make(place: Path, n_counties: int, *, is_real: bool) -> Path:
    """The province of small counties."""
    if is_real:
        folder = write_made_up_province("p", place, load_texts("en"), n_counties)
        with (folder / "province.toml").open("a", encoding="utf-8") as file:
            file.write("\n[limits]\niterations = 100\n")
        return folder
    folder = write_province(place / "p", n_counties)
    for k in range(1, n_counties + 1):
        tell(folder, f"c{k:04d}", sleep_s=0.1)
    return folder


def disturb(place: Path, given: argparse.Namespace) -> None:
    """The undisturbed run, and the disturbed ones."""
    kills, wrong, seed = Counter[str](), 0, given.seed
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    folder = make(place, given.counties, is_real=given.real)
    if given.real:
        # No run shall compile: kills would come after most are over.
        PLANNER.make()
    with cluster(place, port, 2) as made:
        os.environ.update(made.environment)
        dask.config.refresh()
        undisturbed = Trial(made, folder, place / "undisturbed", random.Random(0), is_real=given.real)
        warm = Trial(made, folder, place / "warm", random.Random(0), is_real=given.real)
        for trial in (warm, undisturbed):
            # The second tells how long a run takes, for the first waits until all is there.
            began_s = time.perf_counter()
            if trial.ended(trial.begin(), 1e6) != 0:
                raise SystemExit("the undisturbed run failed")
            usual_s = time.perf_counter() - began_s
        machine.tell(undisturbed_s=usual_s, real=given.real, **machine.machine(["distributed"]))
        (wanted,) = (place / "undisturbed" / "p").glob("*/manifest.json")
        while sum(kills.values()) < given.kills:
            trial = Trial(made, folder, place / f"out-{seed}", random.Random(seed), is_real=given.real)
            trial.run(usual_s, usual_s)
            kills += trial.kills
            found = trial.found(wanted)
            wrong += found != RIGHT
            machine.tell(seed=seed, killed=dict(trial.kills), coordinators=trial.n_begun, **found)
            if found != RIGHT and given.keep:
                shutil.copytree(trial.out, given.keep / trial.out.name)
            shutil.rmtree(trial.out)
            seed += 1
    machine.tell(kills=dict(kills), runs_that_were_wrong=wrong)


if __name__ == "__main__":
    main()
