"""
What a province of many counties costs besides planning them: counties of a stub that sleeps.

    python -m tests.benchmarks.province.scale [--counties 10 137 2843] [--sleep 0.2] [--workers 8]

One line of JSON says where it ran, and one a size and run what it took: seconds of processor time of the coordinator
and of wall time beyond the sleep, a county; its greatest memory; the sizes of what it writes; and the same for a second
run, which finds all.
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
from pathlib import Path

from tests.benchmarks import machine
from tests.paths import ROOT
from tests.province.run.conftest import STUB_CHILD, loaded
from tests.province.run.stub import tell, write_province


def run(folder: Path, out: Path, n_workers: int) -> dict[str, object]:
    """One run in this process; its figures."""
    from sweep.province.engines.executors import LocalEngine
    from sweep.province.run.run_province import run_province

    began_s, cpu_s = time.perf_counter(), time.process_time()
    outcome = run_province(loaded(folder), out, LocalEngine(n_workers, STUB_CHILD), lambda _: None)
    return {
        "wall_s": time.perf_counter() - began_s,
        "cpu_s": time.process_time() - cpu_s,
        "peak_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
        "page_kb": (outcome.folder / "province.html").stat().st_size / 1024,
        "json_kb": (outcome.folder / "province.json").stat().st_size / 1024,
        "xlsx_kb": (outcome.folder / "province.xlsx").stat().st_size / 1024,
        "n_found": outcome.n_found,
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--counties", type=int, nargs="+", default=[10, 137, 2843])
    parser.add_argument("--sleep", type=float, default=0.2)
    parser.add_argument("--workers", type=int, default=8)
    parser.add_argument("--one", nargs=2, metavar=("FOLDER", "OUT"), help="a run of one province, in this process")
    given = parser.parse_args()
    if given.one:
        print(json.dumps(run(Path(given.one[0]), Path(given.one[1]), given.workers)))
        return
    machine.tell(**machine.machine())
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    for n in given.counties:
        with tempfile.TemporaryDirectory() as place:
            folder, out = write_province(Path(place) / "p", n), Path(place) / "out"
            for k in range(1, n + 1):
                tell(folder, f"c{k:04d}", sleep_s=given.sleep)
            for name in ("first", "again"):
                # A process of its own, for its memory.
                command = [sys.executable, "-m", __spec__.name, "--workers", str(given.workers)]
                command += ["--one", str(folder), str(out)]
                done = subprocess.run(command, capture_output=True, text=True, env=environment, check=True)  # noqa: S603
                figures = json.loads(done.stdout)
                slept_s = 2 * n * given.sleep / given.workers if name == "first" else 0.0
                figures["beyond_sleep_ms_a_county"] = 1000 * (figures["wall_s"] - slept_s) / n
                figures["cpu_ms_a_county"] = 1000 * figures["cpu_s"] / n
                machine.tell(counties=n, run=name, **figures)


if __name__ == "__main__":
    main()
