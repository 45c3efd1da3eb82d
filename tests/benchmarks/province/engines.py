"""
One worker against two, Dask against this machine's own processes, and few counties against many: real planning.

    python -m tests.benchmarks.province.engines [--counties 12] [--time-limit 10]
    python -m tests.benchmarks.province.engines --counties 10 137 --engines local:2

One line of JSON says where it ran; one a run: wall time in all and a county, processor time of the coordinator and of
all that works for it, the proven gap, the greatest memory of the coordinator; and at the end how near to linear two
workers came, how Dask stood against `local`, and how flat the cost of a county is. The machine must have nothing else
to do, but for the processor times. Of several numbers of counties the smaller provinces are of counties of all sizes
of the largest.
"""

from __future__ import annotations

import argparse
import json
import os
import socket
import subprocess
import sys
import tempfile
import time
from contextlib import ExitStack
from pathlib import Path

import psutil

from geodata.message_catalogue import load_texts
from sweep.plan.jit_warmup import PLANNER
from sweep.province.synthetic_province import write_made_up_province
from tests.benchmarks import machine
from tests.province.run.cluster import cluster
from tests.province.run.processes import wait_for

SWEEP = Path(sys.executable).parent / "sweep"

type Figures = dict[str, float | int | str]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--counties", type=int, nargs="+", default=[12])
    parser.add_argument("--time-limit", type=float, default=10.0)
    parser.add_argument("--engines", nargs="+", default=["local:1", "local:2", "dask:1", "dask:2"])
    given = parser.parse_args()
    # No run shall compile.
    PLANNER.wait()
    machine.tell(**machine.machine(["distributed"]))
    cost: dict[tuple[str, int], float] = {}
    with tempfile.TemporaryDirectory() as name:
        place = Path(name)
        whole = write_made_up_province("whole", place, load_texts("en"), max(given.counties))
        for n in given.counties:
            folder = part_of(whole, n)
            for engine in given.engines:
                found = measure(folder, engine, given.time_limit, place)
                cost[engine, n] = float(found["wall_s_a_county"])
                machine.tell(counties=n, **found)
    for n in given.counties:
        machine.tell(counties=n, **compared({engine: s for (engine, m), s in cost.items() if m == n}))
    for engine in given.engines:
        few, many = (cost[engine, pick(given.counties)] for pick in (min, max))
        machine.tell(engine=engine, cost_of_many_over_few=many / few)


def part_of(whole: Path, n: int) -> Path:
    """A province of so many of the counties, from the smallest to the largest in even steps."""
    counties = sorted((whole / "counties").iterdir(), key=lambda c: ((c / "leads.csv").stat().st_size, c.name))
    if n == len(counties):
        return whole
    chosen = [counties[round((k + 0.5) * len(counties) / n - 0.5)] for k in range(n)]
    folder = whole.parent / f"p{n}"
    folder.mkdir()
    head, _, _ = (whole / "province.toml").read_text(encoding="utf-8").partition("\n[[cities]]")
    listed = json.dumps([f"../whole/counties/{c.name}" for c in sorted(chosen)])
    head = head.replace('counties = "counties/*"', f"counties = {listed}").replace('"whole"', f'"p{n}"')
    (folder / "province.toml").write_text(f'{head}\n[[cities]]\nid = "all"\ncounties = ["*"]\n', encoding="utf-8")
    return folder


def measure(folder: Path, engine: str, time_limit_s: float, place: Path) -> Figures:
    """One run of the command, with what it took."""
    name, _, n_workers = engine.partition(":")
    options = ["--engine", name, "--workers", n_workers, "--time-limit", str(time_limit_s)]
    environment = dict(os.environ)
    with ExitStack() as stack:
        if name == "dask":
            with socket.socket() as free:
                free.bind(("127.0.0.1", 0))
                port = free.getsockname()[1]
            own = Path(stack.enter_context(tempfile.TemporaryDirectory()))
            running = stack.enter_context(cluster(own, port, int(n_workers)))
            environment |= running.environment
            options += ["--scheduler", running.address]
            # The time of a run is not that of starting what is there on other days.
            logs = [own / f"w{k + 1}.log" for k in range(int(n_workers))]
            wait_for(lambda: all("Registered to" in log.read_text(encoding="utf-8") for log in logs))
        out = place / f"out-{folder.name}-{name}-{n_workers}"
        command = [str(SWEEP), "run", str(folder), "--out", str(out), "--json", *options]
        used_s, began_s = _used_s(), time.perf_counter()
        text, peak_mb = _watched(command, environment)
        wall_s, used_s = time.perf_counter() - began_s, _used_s() - used_s
    figures = json.loads(text)
    return {
        "engine": engine,
        "wall_s": wall_s,
        "wall_s_a_county": wall_s / figures["n_counties"],
        "cpu_s": used_s,
        "cpu_s_a_county": used_s / figures["n_counties"],
        "gap": figures["gap"],
        "value": figures["value"],
        "planned": figures["n_planned"],
        "coordinator_peak_mb": round(peak_mb),
    }


def compared(cost: dict[str, float]) -> Figures:
    """How near to linear each engine comes from 1 to 2 workers, and Dask against `local` with 2."""
    found: Figures = {}
    for name in ("local", "dask"):
        if {f"{name}:1", f"{name}:2"} <= cost.keys():
            found[f"{name}_of_linear"] = cost[f"{name}:1"] / (2 * cost[f"{name}:2"])
    if {"local:2", "dask:2"} <= cost.keys():
        found["dask_over_local"] = cost["dask:2"] / cost["local:2"]
    return found


def _watched(command: list[str], environment: dict[str, str]) -> tuple[str, float]:
    """What a command prints, and the greatest memory of its own process in MB."""
    peak_mb = 0.0
    with tempfile.TemporaryFile("w+") as text:
        process = subprocess.Popen(command, env=environment, stdout=text)  # noqa: S603 - the program itself
        status = Path(f"/proc/{process.pid}/status")
        while process.poll() is None:
            lines = status.read_text(encoding="utf-8").splitlines()
            peak_mb = max([peak_mb, *(int(line.split()[1]) / 1024 for line in lines if line.startswith("VmHWM"))])
            time.sleep(0.1)
        if process.returncode != 0:
            raise SystemExit(f"exit code {process.returncode}: {' '.join(command)}")
        text.seek(0)
        return text.read(), peak_mb


def _used_s() -> float:
    """Processor time of this process and of all below it, those that have ended too."""
    own = psutil.Process()
    return sum(sum(p.cpu_times()[:4]) for p in (own, *own.children(recursive=True)))


if __name__ == "__main__":
    main()
