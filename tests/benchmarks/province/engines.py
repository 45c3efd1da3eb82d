"""
One worker against two, and Dask against this machine's own processes, on real counties.

    python -m tests.benchmarks.province.engines [--counties 12] [--time-limit 10] [--engines local:2 dask:2]

One line of JSON a run: wall time, processor time of all processes, time a county, the proven gap, peak memory of the
coordinator. The machine must have nothing else to do.
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import socket
import subprocess
import sys
import tempfile
import time
from contextlib import ExitStack
from pathlib import Path

from geodata.texts import load_texts
from sweep.pipeline.new_scenario.made_up_province import write_made_up_province
from tests.pipeline.province.cluster import cluster

SWEEP = Path(sys.executable).parent / "sweep"


def measure(folder: Path, engine: str, time_limit_s: float, place: Path) -> dict[str, object]:
    """One run of the command, with what it took."""
    name, _, n_workers = engine.partition(":")
    options = ["--engine", name, "--workers", n_workers]
    environment = dict(os.environ)
    with ExitStack() as stack:
        if name == "dask":
            with socket.socket() as free:
                free.bind(("127.0.0.1", 0))
                port = free.getsockname()[1]
            running = stack.enter_context(cluster(place, port, int(n_workers)))
            environment |= running.environment
            options += ["--scheduler", running.address]
            time.sleep(8)
        out = place / f"out-{name}-{n_workers}"
        command = [str(SWEEP), "province", "run", str(folder), "--out", str(out), "--json", *options]
        command += ["--time-limit", str(time_limit_s)]
        before, began_s = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter()
        done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)  # noqa: S603
        wall_s, after = time.perf_counter() - began_s, resource.getrusage(resource.RUSAGE_CHILDREN)
    figures = json.loads(done.stdout)
    return {
        "engine": engine,
        "wall_s": round(wall_s, 1),
        "cpu_s": round(after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime, 1),
        "wall_s_a_county": round(wall_s / figures["n_counties"], 2),
        "gap": round(figures["gap"], 5),
        "value": round(figures["value"], 3),
        "planned": figures["n_planned"],
        "greatest_process_mb": round(after.ru_maxrss / 1024),
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--counties", type=int, nargs="+", default=[12])
    parser.add_argument("--time-limit", type=float, default=10.0)
    parser.add_argument("--engines", nargs="+", default=["local:1", "local:2", "dask:1", "dask:2"])
    given = parser.parse_args()
    for n in given.counties:
        with tempfile.TemporaryDirectory() as place:
            folder = write_made_up_province("p", Path(place), load_texts("en"), n)
            for engine in given.engines:
                found = measure(folder, engine, given.time_limit, Path(place))
                print(json.dumps({"counties": n, **found}), flush=True)


if __name__ == "__main__":
    main()
