"""What a figure must say of where it comes from: machine, versions, commit and day."""

from __future__ import annotations

import json
import os
import platform
import shutil
import subprocess
from datetime import datetime
from importlib import metadata

from geodata.clock import ZONE
from tests.paths import ROOT

_LIBRARIES = ("distributed", "numba", "numpy", "ortools")


def machine() -> dict[str, object]:
    """The machine, and what ran on it when."""
    return {
        "machine": f"{platform.machine()}, {os.cpu_count()} cores, {_memory_gb()} GB",
        "load_before": round(os.getloadavg()[0], 1),
        "versions": {"python": platform.python_version()} | {name: metadata.version(name) for name in _LIBRARIES},
        "commit": _commit(),
        "on": datetime.now(ZONE).isoformat(timespec="minutes"),
    }


def tell(**figures: object) -> None:
    """One line of JSON; floats are rounded."""
    rounded = {k: round(v, 4) if isinstance(v, float) else v for k, v in figures.items()}
    print(json.dumps(rounded, ensure_ascii=False), flush=True)


def _memory_gb() -> int:
    return round(os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30)


def _commit() -> str:
    git = shutil.which("git")
    if git is None:
        return "unknown"
    command = [git, "-C", str(ROOT), "describe", "--always", "--dirty"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)  # noqa: S603 - the repository's own
    return done.stdout.strip() or "unknown"
