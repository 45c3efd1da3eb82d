"""What a figure must say of where it comes from: machine, versions, commit and day. Not a script."""

from __future__ import annotations

import json
import math
import os
import platform
import shutil
import subprocess
import sys
from collections.abc import Iterable
from datetime import datetime
from importlib.metadata import version
from pathlib import Path

from geodata.clock_times import ZONE
from tests.paths import ROOT

_LIBRARIES = ("numpy", "numba", "ortools")


def machine(packages: Iterable[str] = ()) -> dict[str, object]:
    """The machine, and what ran on it when; with the versions of some more packages."""
    return {
        "machine": f"{os.cpu_count()} cores, {_processor()}, {_memory_gb()} GB",
        "load_before": round(os.getloadavg()[0], 1),
        "versions": {"python": platform.python_version()} | {p: version(p) for p in (*_LIBRARIES, *packages)},
        "commit": _commit(),
        "on": datetime.now(ZONE).isoformat(timespec="minutes"),
        "command": " ".join(Path(a).name for a in sys.argv),
    }


def tell(**figures: object) -> None:
    """One line of JSON; floats are rounded."""
    rounded = {k: round(v, 4) if isinstance(v, float) else v for k, v in figures.items()}
    print(json.dumps(rounded, ensure_ascii=False), flush=True)


def tell_run(
    name: str, instance: str, *, seed: int | None, seconds: float, value: float, best_known: float | None,
    gap_pct: float | None, solver: str = "sweep", packages: Iterable[str] = (), **more: object,
) -> None:  # fmt: skip
    """
    The line of one solver on one instance, with all that a figure must say; `tests/benchmarks/table.py` reads it.

    Parameters
    ----------
    name
        The set, with the limit that all of it has.
    value
        What the set's own judge gives; not finite where there is no plan that it allows.
    gap_pct
        Per cent that the value is worse than the best known one; None where none is known or there is no plan.
    more
        What only this script has to say.
    """
    plain = {
        "set": name, "instance": instance, "solver": solver, "seed": seed, "seconds": round(seconds, 1),
        "value": value if math.isfinite(value) else None, "best_known": best_known, "gap_pct": gap_pct,
    }  # fmt: skip
    tell(**plain, **more, **machine(packages))


def print_machine(packages: Iterable[str] = ()) -> None:
    """The same as comment lines of a table."""
    for key, told in machine(packages).items():
        text = ", ".join(f"{k} {v}" for k, v in told.items()) if isinstance(told, dict) else told
        print(f"# {key.replace('_', ' ')}: {text}", flush=True)


def _processor() -> str:
    cpus = Path("/proc/cpuinfo")
    lines = cpus.read_text(encoding="utf-8").splitlines() if cpus.exists() else []
    models = (line.split(":", 1)[1].strip() for line in lines if line.startswith("model name"))
    return next(models, platform.machine())


def _memory_gb() -> int:
    return round(os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30)


def _commit() -> str:
    git = shutil.which("git")
    if git is None:
        return "unknown"
    command = [git, "-C", str(ROOT), "describe", "--always", "--dirty"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)  # noqa: S603 - the repository's own
    return done.stdout.strip() or "unknown"
