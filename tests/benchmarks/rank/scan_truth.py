"""How often the scan reports a cluster that is not there, how much of one that is it finds, and how long it takes.

    uv run python -m tests.benchmarks.rank.scan_truth [--runs 200] [--pockets]

2,000 buildings with a dense centre of larger towers, 4,000 events, circles to 500 m and strips to 1 km, 999
simulations. `--pockets`: pockets of eight times the rate among the footprints of the Bund (`shared/data`), one event
for every two buildings, rates that differ by a Gamma of shape 2, 199 simulations. Prints Markdown.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Callable
from datetime import UTC, datetime

import numpy as np
import pandas as pd
import shapely
from scipy.spatial import cKDTree
from shapely.ops import substring

from geodata.array_types import Float64s, Int64s
from sweep.rank.rate.lead_weights import scoring_events
from sweep.rank.rate.poisson_rate_mixture import ONE_RATE
from sweep.rank.significance.scan_statistic import ScanSettings, scan, scan_prospective
from tests.benchmarks.rank.bund import BUND, bund_places, bund_roads, has_bund

N_BUILDINGS, N_EVENTS, N_PLANTED = 2_000, 4_000, 10
NOW = datetime(2026, 9, 16, tzinfo=UTC)


POCKET_M, ROAD_M, POCKET_RISK = 1_000.0, 600.0, 8.0


def main() -> None:
    """Run all parts and print their tables."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--runs", type=int, default=200)
    parser.add_argument("--pockets", action="store_true")
    given = parser.parse_args()
    if given.pockets:
        print_pockets(given.runs)
        return
    n_runs = given.runs
    print("| data without a cluster | null | any false alarm at 0.05 |\n|---|---|---|")
    for name, draw in WITHOUT.items():
        for null in ("fitted", "Poisson"):
            share = np.mean([alarm(seed, draw, is_poisson=null == "Poisson") for seed in range(n_runs)])
            print(f"| {name} | {null} | {share:.3f} |", flush=True)
    print("\n| relative risk | rates | recall | precision |\n|---|---|---|---|")
    for risk in (3.0, 5.0):
        for name, shape in (("alike", np.inf), ("gamma, shape 2", 2.0)):
            found = [planted(seed, risk, shape) for seed in range(n_runs // 4)]
            recall, precision = (pd.Series(part).mean() for part in zip(*found, strict=True))
            print(f"| {risk:.0f} | {name} | {recall:.2f} | {precision:.2f} |", flush=True)
    print("\n| last fortnight | rates | any alert at 0.05 | of the planted, found |\n|---|---|---|---|")
    for risk in (1.0, 5.0, 10.0):
        for name, shape in (("alike", np.inf), ("gamma, shape 2", 2.0)):
            found = [news(seed, risk, shape) for seed in range(n_runs if risk == 1.0 else n_runs // 4)]
            alerts, recall = (np.mean(part) for part in zip(*found, strict=True))
            print(f"| {risk:.0f} times at ten towers | {name} | {alerts:.3f} | {recall:.2f} |", flush=True)
    print("\n| buildings | circles to | windows | seconds, 999 simulations |\n|---|---|---|---|")
    for n, radius in ((10_000, 300.0), (10_000, 500.0)):
        print(f"| {n:,} | {radius:.0f} m | {timed(n, radius)} |", flush=True)


def city(rng: np.random.Generator, n: int = N_BUILDINGS) -> tuple[Float64s, Float64s]:
    """Places in metres and firms: a quarter of the buildings in a centre of 1 km, their towers twice as large."""
    side = 1_000.0 * np.sqrt(n / 60.0)
    points = rng.uniform(0.0, side, (n, 2))
    centre = rng.random(n) < 0.25
    points[centre] = side / 2 + rng.normal(0.0, 1_000.0, (int(centre.sum()), 2))
    return points, np.ceil(rng.lognormal(3.0, 0.8, n) * np.where(centre, 2.0, 1.0))


def gamma_counts(rng: np.random.Generator, population: Float64s, total: int, shape: float) -> Int64s:
    """Counts of a fixed total, rates drawn from a Gamma; an infinite shape is one rate."""
    rate = population * (rng.gamma(shape, 1.0 / shape, len(population)) if np.isfinite(shape) else 1.0)
    return rng.multinomial(total, rate / rate.sum())


def independent(rng: np.random.Generator, firms: Float64s) -> Int64s:
    """Every firm at one rate."""
    return gamma_counts(rng, firms, N_EVENTS, np.inf)


def deduplicated(rng: np.random.Generator, firms: Float64s) -> Int64s:
    """The same, each event reported by one to five leads, brought back to events as the ranking does."""
    building = np.repeat(np.arange(len(firms)), independent(rng, firms))
    event = np.repeat(np.arange(len(building)), rng.integers(1, 6, len(building)))
    leads = pd.DataFrame(
        {
            "lead_id": [f"L{k}" for k in range(len(event))],
            "event_id": event.astype(str),
            "building_id": building[event],
            "lead_type": "tip",
            "lead_source": "reported",
            "received_at": pd.Timestamp(NOW) - pd.to_timedelta(rng.uniform(0, 300, len(event)), unit="D"),
        }
    )
    return np.bincount(scoring_events(leads, NOW, 365.0)["building_id"].astype(int), minlength=len(firms))


def repeated(rng: np.random.Generator, firms: Float64s) -> Int64s:
    """Two leads an event, counted as they come: what `refuse_repeats` refuses."""
    return 2 * gamma_counts(rng, firms, N_EVENTS // 2, np.inf)


def gamma(rng: np.random.Generator, firms: Float64s) -> Int64s:
    """Rates that differ from tower to tower."""
    return gamma_counts(rng, firms, N_EVENTS, 2.0)


def log_normal(sigma: float) -> Callable[[np.random.Generator, Float64s], Int64s]:
    """Rates with a heavy tail."""

    def draw(rng: np.random.Generator, firms: Float64s) -> Int64s:
        rate = firms * rng.lognormal(0.0, sigma, len(firms))
        return rng.multinomial(N_EVENTS, rate / rate.sum())

    return draw


def with_towers(rng: np.random.Generator, firms: Float64s) -> Int64s:
    """One building in a hundred has 20 times the rate."""
    rate = firms * np.where(rng.random(len(firms)) < 0.01, 20.0, 1.0)
    return rng.multinomial(N_EVENTS, rate / rate.sum())


WITHOUT: dict[str, Callable[[np.random.Generator, Float64s], Int64s]] = {
    "independent events": independent,
    "1 to 5 leads an event, de-duplicated": deduplicated,
    "rates from a gamma of shape 2": gamma,
    "log-normal rates, sigma 0.7": log_normal(0.7),
    "log-normal rates, sigma 1.0": log_normal(1.0),
    "log-normal rates, sigma 1.2": log_normal(1.2),
    "1 % towers of 20 times the rate": with_towers,
    "2 leads an event, not de-duplicated": repeated,
}


def alarm(seed: int, draw: Callable[[np.random.Generator, Float64s], Int64s], *, is_poisson: bool) -> bool:
    """Whether a cluster is reported where there is none."""
    rng = np.random.default_rng(seed)
    points, firms = city(rng)
    settings = ScanSettings(seed=seed)
    found = scan(draw(rng, firms), firms, points, settings, ONE_RATE if is_poisson else None)
    return found[0].p_value <= settings.alpha


def planted(seed: int, risk: float, shape: float) -> tuple[float, float]:
    """Recall and precision, in buildings, of ten buildings near each other; no precision where nothing is found."""
    rng = np.random.default_rng(seed)
    points, firms = city(rng)
    inside = np.argsort(np.hypot(*(points - points[rng.integers(len(points))]).T))[:N_PLANTED]
    rate = firms * np.where(np.isin(np.arange(len(firms)), inside), risk, 1.0)
    counts = gamma_counts(rng, rate, N_EVENTS, shape)
    found = scan(counts, firms, points, ScanSettings(seed=seed))
    listed = {row for c in found if c.p_value <= 0.05 for row in c.rows}
    n_right = len(listed & set(inside.tolist()))
    return n_right / N_PLANTED, n_right / len(listed) if listed else np.nan


def news(seed: int, risk: float, shape: float) -> tuple[bool, float]:
    """Whether there is an alert, and how many of ten near towers it names whose rate rose a fortnight ago."""
    rng = np.random.default_rng(seed)
    points, firms = city(rng)
    rate = firms * (rng.gamma(shape, 1.0 / shape, len(firms)) if np.isfinite(shape) else 1.0)
    inside = np.argsort(np.hypot(*(points - points[rng.integers(len(points))]).T))[:N_PLANTED]
    rise = np.where(np.isin(np.arange(len(firms)), inside), risk, 1.0)
    a_day = N_EVENTS / 365.0 * rate / rate.sum()
    old, new = rng.poisson(351.0 * a_day), rng.poisson(14.0 * a_day * rise)
    listed = [c for c in scan_prospective(old, new, firms, points, ScanSettings(seed=seed)) if c.p_value <= 0.05]
    rows = {row for c in listed for row in c.rows}
    return bool(listed), len(rows & set(inside.tolist())) / N_PLANTED


def print_pockets(n_runs: int) -> None:
    """Of each kind of pocket the recall and precision in buildings, with standard errors, and false alarms."""
    if not has_bund():
        print(f"{BUND} is not there")
        return
    points, firms = bund_places()
    roads = [road for road in bund_roads() if road.length > ROAD_M]
    print("| pocket | buildings | recall | precision |\n|---|---|---|---|")
    for kind in ("round", "line of 1 km", "600 m to 1 km of a road", "two towers across a gap", "none"):
        found = pd.DataFrame([pocket(seed, kind, points, firms, roads) for seed in range(n_runs)])
        mean, error = found.mean(), found.sem()
        cells = [f"{mean[c]:.2f} ({error[c]:.2f})" for c in ("recall", "precision")] if kind != "none" else ["", ""]
        alarms = f"; any alarm in {mean['alarm']:.3f}" if kind == "none" else ""
        print(f"| {kind}{alarms} | {mean['n']:.0f} | {' | '.join(cells)} |", flush=True)


def pocket(
    seed: int, kind: str, points: Float64s, firms: Float64s, roads: list[shapely.LineString]
) -> dict[str, float]:
    """What the scan tells of one pocket of a kind."""
    rng = np.random.default_rng(seed)
    inside = placed(rng, kind, points, roads)
    rate = firms * np.where(np.isin(np.arange(len(firms)), inside), POCKET_RISK, 1.0)
    counts = gamma_counts(rng, rate, len(firms) // 2, 2.0)
    found = scan(counts, firms, points, ScanSettings(n_simulations=199, seed=seed))
    listed = {row for c in found if c.p_value <= 0.05 for row in c.rows}
    n_right = len(listed & set(inside.tolist()))
    return {
        "n": len(inside),
        "recall": n_right / len(inside) if len(inside) else np.nan,
        "precision": n_right / len(listed) if listed else np.nan,
        "alarm": bool(listed),
    }


def placed(rng: np.random.Generator, kind: str, points: Float64s, roads: list[shapely.LineString]) -> Int64s:
    """The buildings of a pocket somewhere; along lines and roads from ten on, so that there is one."""
    while kind != "none":
        there = points[rng.integers(len(points))]
        away = np.hypot(*(points - there).T)
        if kind == "round":
            return np.argsort(away)[:20]
        if kind == "two towers across a gap":
            across = np.flatnonzero((away > 120.0) & (away < 250.0))
            if len(across):
                return np.array([away.argmin(), rng.choice(across)])
            continue
        if kind == "line of 1 km":
            angle = rng.uniform(0.0, np.pi)
            half = 0.5 * POCKET_M * np.array([np.cos(angle), np.sin(angle)])
            line, reach = shapely.LineString([there - half, there + half]), 25.0
        else:
            road = roads[rng.integers(len(roads))]
            first = rng.uniform(0.0, max(0.0, road.length - POCKET_M))
            line, reach = substring(road, first, first + POCKET_M), 40.0
        inside = np.flatnonzero(shapely.distance(shapely.points(points), line) <= reach)
        if 10 <= len(inside) <= 60:
            return inside
    return np.empty(0, np.int64)


def timed(n: int, radius_m: float) -> str:
    """Windows and seconds of a scan, compiled before."""
    rng = np.random.default_rng(1)
    points, firms = city(rng, n)
    counts = gamma_counts(rng, firms, 2 * n, 2.0)
    scan(counts[:100], firms[:100], points[:100], ScanSettings(n_simulations=20))
    n_windows = len(cKDTree(points).query_pairs(radius_m, output_type="ndarray")) * 2 + n
    began = time.perf_counter()
    scan(counts, firms, points, ScanSettings(radius_m))
    return f"{n_windows:,} | {time.perf_counter() - began:.1f}"


if __name__ == "__main__":
    main()
