"""CPU seconds that scoring, clusters, radius statistics and the scan take, beside esda and libpysal in the same run.

    uv run --group bench python -m tests.benchmarks.rank.rank_speed

Towns are made up: office buildings round 30 centres, firms lognormal, leads by firms. Every call is timed twice: the
first compiles (or reads the compiled code from disk), the best of the next three counts. Memory is the peak of a
process that does nothing else. Prints a Markdown table.
"""

from __future__ import annotations

import platform
import resource
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from importlib import metadata
from zoneinfo import ZoneInfo

import numpy as np
import pandas as pd

from geodata.array_types import Float64s
from geodata.schema import HISTORY, TIMEZONE
from sweep.rank.backtest.baseline_rankings import Snapshot
from sweep.rank.clusters.clusters import greedy_stars
from sweep.rank.rank_buildings import rank_buildings
from sweep.rank.rate.radius_sums import sums_within
from sweep.rank.significance.scan_statistic import ScanSettings, scan
from sweep.scenario.rank_settings import HALF_LIFE_DAYS, Rank
from tests.benchmarks.rank.methods import local_gi

NOW = datetime(2026, 9, 16, tzinfo=ZoneInfo(TIMEZONE))


@dataclass(frozen=True)
class Town:
    """Places in metres, and firms."""

    points_m: Float64s
    firms: Float64s


def make_town(n: int, side_m: float, seed: int = 1) -> Town:
    """So many buildings round 30 centres in a square."""
    rng = np.random.default_rng(seed)
    centres = rng.uniform(0.1 * side_m, 0.9 * side_m, (30, 2))
    points = centres[rng.integers(0, 30, n)] + rng.normal(0.0, 0.08 * side_m, (n, 2))
    return Town(points, np.clip(np.round(np.exp(rng.normal(3.0, 0.8, n))), 1, 300))


def timed(function: Callable[[], object], n: int = 3) -> tuple[float, float]:
    """CPU seconds of the first call, and of the best of the next: others may be at work on the machine."""
    times = []
    for _ in range(n + 1):
        start = time.process_time()
        function()
        times.append(time.process_time() - start)
    return times[0], min(times[1:])


def gi_star() -> None:
    """Gi* of 10,000 buildings within 300 m: ours beside libpysal's weights and esda's statistic."""
    from esda.getisord import G_Local
    from libpysal.weights import DistanceBand

    for side_m in (40_000.0, 10_000.0, 5_000.0):
        town = make_town(10_000, side_m)
        counts = np.random.default_rng(2).poisson(town.firms / 20.0).astype(np.float64)
        events = np.repeat(np.arange(10_000), counts.astype(np.int64))
        known = Snapshot(1.0, events, np.zeros(len(events)), town.points_m, town.firms, 1)

        def theirs(town: Town = town, counts: Float64s = counts) -> Float64s:
            weights = DistanceBand(town.points_m, 300.0, binary=True, silence_warnings=True)
            return np.asarray(G_Local(counts, weights, transform="B", star=True, permutations=0).Zs)

        first, best = timed(lambda town=town, known=known: local_gi(town.points_m, 300.0)(known))
        _, peer = timed(theirs, 2)
        gap = np.abs(local_gi(town.points_m, 300.0)(known) - theirs()).max()
        near = sums_within(town.points_m, 300.0, np.ones((10_000, 1))).mean()
        note = f"esda + libpysal {peer:.2f} s: {peer / best:.0f} times; largest difference of z {gap:.0e}"
        row(f"Gi*, 10,000 buildings, 300 m, {near:.0f} neighbours each", first, best, note)


def score() -> None:
    """A million leads over 100,000 buildings, without past checks and with 25,000."""
    n, k, m = 100_000, 1_000_000, 25_000
    town, rng = make_town(n, 100_000.0), np.random.default_rng(3)
    ids = np.array([f"B{i:06d}" for i in range(n)])
    frame = pd.DataFrame({"building_id": ids, "division_code": "370102", "n_firms": town.firms.astype(np.int64)})
    at = rng.choice(n, k, p=town.firms / town.firms.sum())
    ago = pd.to_timedelta(rng.uniform(0.0, 365.0 * 86_400.0, k), unit="s")
    leads = pd.DataFrame(
        {
            "lead_id": pd.Series(np.arange(k)).map("L{:07d}".format),
            "event_id": pd.Series(rng.integers(0, 2 * k // 3, k)).map("E{:07d}".format),
            "lead_type": rng.choice(list(HALF_LIFE_DAYS), k),
            "lead_source": "reported",
            "received_at": pd.Timestamp(NOW) - ago,
            "building_id": ids[at],
        }
    )
    visits = {
        "visit_id": [f"V{i}" for i in range(m)],
        "building_id": ids[rng.integers(0, n, m)],
        "visited_on": pd.Timestamp(NOW) - pd.to_timedelta(rng.integers(1, 365, m), unit="D"),
        "track": "case",
        "authority": "police",
        "team": [f"T{x}" for x in rng.integers(0, 40, m)],
        "outcome": np.where(rng.random(m) < 0.1, "find", "nothing"),
    }
    history = HISTORY.validate(pd.DataFrame(dict.fromkeys(HISTORY.columns) | visits, columns=list(HISTORY.columns)))
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    hours = 0.2 + town.firms * 0.02
    for past, name in ((history.iloc[:0], "no past check"), (history, "25,000 past checks")):
        first, best = timed(lambda past=past: rank_buildings(frame, leads, past, town.points_m, hours, NOW, Rank()), 2)
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
        note = f"peak {peak:.0f} MB, tables {before:.0f} MB"
        row(f"1,000,000 leads scored over 100,000 buildings, {name}", first, best, note)


def scans() -> None:
    """10,000 buildings, 999 simulations, circles to 300 m."""
    town = make_town(10_000, 40_000.0)
    counts = np.random.default_rng(4).poisson(town.firms / 20.0)
    first, best = timed(lambda: scan(counts, town.firms, town.points_m, ScanSettings(300.0, 999)), 1)
    row("scan, 10,000 buildings, 300 m, 999 simulations", first, best, "")


def clusters() -> None:
    """50 clusters from 100,000 buildings, a few or thousands of them within 300 m of each other."""
    for side_m in (100_000.0, 10_000.0, 3_000.0):
        town, rng = make_town(100_000, side_m), np.random.default_rng(5)
        value, hours = rng.gamma(0.3, 0.1, 100_000), 0.2 + town.firms * 0.02
        first, best = timed(
            lambda town=town, value=value, hours=hours: greedy_stars(value, hours, town.points_m, 300.0, 12.0, 50), 1
        )
        row(f"50 clusters from 100,000 buildings on {side_m / 1000:.0f} km", first, best, "")


def row(name: str, first: float, best: float, note: str) -> None:
    """One row of the table."""
    print(f"| {name} | {first:.2f} s | {best:.3f} s | {note} |", flush=True)


PARTS = {"gi_star": gi_star, "score": score, "scans": scans, "clusters": clusters}


def main() -> None:
    """Each part in a process of its own."""
    if len(sys.argv) > 1:
        PARTS[sys.argv[1]]()
        return
    versions = ", ".join(f"{name} {metadata.version(name)}" for name in ("numpy", "numba", "scipy", "esda", "libpysal"))
    print(f"{platform.machine()}, Python {platform.python_version()}, {versions}\n")
    print("| what | first call | warm | beside |\n|---|---|---|---|", flush=True)
    for part in PARTS:
        subprocess.run([sys.executable, __file__, part], check=True)  # noqa: S603 - this very file


if __name__ == "__main__":
    main()
