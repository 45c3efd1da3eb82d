"""What clusters capture of what the same hours could buy anywhere: stars beside a grid and the peaks of a heat map.

    uv run python -m tests.benchmarks.rank.cluster_capture [--seeds 10]

3,000 offices on 40 km, three of four in business quarters, 50 open dens with leads, twelve leads in a
hundred about a few well-known towers, the others anywhere; a visit takes 1 + n / 30 hours.
Value is the ranking's. How dense the quarters are decides whether 300 m hold 40 hours at all, so several are tried.
Prints a Markdown table: value as a share of the bound, dens in the clusters, widest cluster.
"""

from __future__ import annotations

import argparse
from datetime import datetime
from itertools import product
from zoneinfo import ZoneInfo

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.spatial import cKDTree
from scipy.spatial.distance import pdist

from geodata.array_types import Float64s
from geodata.schema import HISTORY, TIMEZONE
from sweep.rank.clusters.clusters import greedy_stars, value_bound
from sweep.rank.rank_buildings import rank_buildings
from sweep.scenario.rank_settings import Rank

NOW = datetime(2026, 9, 16, tzinfo=ZoneInfo(TIMEZONE))
# Quarters, how far their buildings spread, and the Gamma shape of their sizes (infinite: all alike).
FITTED = (12, 400.0, 0.3)
TOWNS = ((30, 700.0, np.inf), (30, 350.0, np.inf), (12, 300.0, np.inf), FITTED)
# Clusters, and hours of each: a large team for a week, and the defaults.
CAPS = ((10, 40.0), (30, 12.0))
FIRST_SEED = 200
STARS = "capped stars, 300 m"
N, N_DENS, RADIUS_M = 3_000, 50, 300.0


def main() -> None:
    """Run all towns and print the table."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--seeds", type=int, default=10)
    given = parser.parse_args()
    print("| quarters | clusters | way | share of the bound | standard error | dens | widest, m |")
    print("|---|---|---|---|---|---|---|")
    for kind, caps in product(TOWNS, CAPS):
        seeds = range(FIRST_SEED, FIRST_SEED + given.seeds)
        rows = [row for seed in seeds for row in one_town(seed, kind, caps)]
        table = pd.DataFrame(rows)
        for way in dict.fromkeys(str(one) for one in table["way"]):
            group = table[table["way"].eq(way)]
            share, dens, widest = group["share"], group["dens"].mean(), group["widest"].max()
            cells = f"{share.mean():.3f} | {share.sem():.3f} | {dens:.1f} | {widest:.0f}"
            name = f"{kind[0]} of {kind[1]:.0f} m, sizes {kind[2]}"
            print(f"| {name} | {caps[0]} of {caps[1]:.0f} h | {way} | {cells} |", flush=True)


def one_town(seed: int, kind: tuple[int, float, float], caps: tuple[int, float]) -> list[dict[str, object]]:
    """What each way captures in one town."""
    (n_clusters, hours_cap), (table, dens) = caps, make_town(seed, kind)
    value, hours = table["value"].to_numpy(np.float64), table["team_hours"].to_numpy(np.float64)
    places = table[["x_m", "y_m"]].to_numpy(np.float64)
    has_den = table["building_id"].isin([f"B{k:04d}" for k in dens]).to_numpy()
    bound = value_bound(value, hours, n_clusters * hours_cap)
    weight = table["decayed_leads"].to_numpy(np.float64)
    cell = pd.factorize(pd.Series(list(map(tuple, np.floor(places / 530.0)))))[0].astype(np.int64)
    ways = {STARS: greedy_stars(value, hours, places, RADIUS_M, hours_cap, n_clusters)}
    ways["grid of 530 m, capped"] = capped_parts(cell, value, hours, hours_cap, n_clusters)
    ways["peaks of a heat map, nearest first"] = peaks(weight, places, hours, hours_cap, n_clusters)
    return [
        {
            "way": way,
            "share": sum(value[rows].sum() for rows in found) / bound,
            "dens": sum(int(has_den[rows].sum()) for rows in found),
            "widest": max(float(pdist(places[rows]).max()) if len(rows) > 1 else 0.0 for rows in found),
        }
        for way, found in ways.items()
    ]


def capped_parts(
    label: NDArray[np.int64], value: Float64s, hours: Float64s, hours_cap: float, n_clusters: int
) -> list[list[int]]:
    """
    The best of each part that its hours pay for, the parts of most value first.

    Parameters
    ----------
    label
        The part of each building, shape (n,).
    value, hours
        Shape (n,); hours > 0.
    hours_cap, n_clusters
        Largest sum of hours of a cluster; at most so many clusters.
    """
    found: list[tuple[float, list[int]]] = []
    for part in range(int(label.max(initial=-1)) + 1):
        rows = np.flatnonzero((label == part) & (value > 0))
        left, taken = hours_cap, []
        for row in rows[np.argsort(-value[rows] / hours[rows], kind="stable")]:
            if hours[row] <= left:
                taken.append(int(row))
                left -= float(hours[row])
        if taken:
            found.append((float(value[taken].sum()), taken))
    found.sort(key=lambda one: (-one[0], one[1]))
    return [rows for _, rows in found[:n_clusters]]


def make_town(seed: int, kind: tuple[int, float, float]) -> tuple[pd.DataFrame, NDArray[np.int64]]:
    """The ranking of a town's buildings, and which hold a den."""
    rng = np.random.default_rng(seed)
    n_quarters, spread_m, shape = kind
    quarters = rng.uniform(0.0, 40_000.0, (n_quarters, 2))
    if np.isfinite(shape):
        size = rng.gamma(shape, 1.0 / shape, n_quarters)
        quarter = rng.choice(n_quarters, N, p=size / size.sum())
    else:
        quarter = rng.integers(0, n_quarters, N)
    points = quarters[quarter] + rng.normal(0.0, spread_m, (N, 2))
    away = rng.random(N) < 0.25
    points[away] = rng.uniform(0.0, 40_000.0, (int(away.sum()), 2))
    firms = np.clip(np.round(np.exp(rng.normal(3.0, 0.8, N))), 1, 300)
    dens = rng.choice(N, N_DENS, replace=False, p=proneness(firms, rng))
    return ranked(points, firms, leads_of(firms, dens, rng)), dens


def peaks(weight: Float64s, places: Float64s, hours: Float64s, hours_cap: float, n_clusters: int) -> list[list[int]]:
    """Round each peak of a heat map (150 m, cut at 300) the nearest buildings that the hours pay for."""
    near = cKDTree(places).query_ball_point(places, RADIUS_M)
    gaps = [((places[rows] - places[k]) ** 2).sum(axis=1) for k, rows in enumerate(near)]
    heat = np.array([weight[rows] @ np.exp(-0.5 * gap / 150.0**2) for rows, gap in zip(near, gaps, strict=True)])
    is_free, found = np.ones(N, np.bool_), []
    tops = [k for k in np.argsort(-heat, kind="stable") if heat[k] > 0 and heat[k] >= heat[near[k]].max()]
    for top in tops[:n_clusters]:
        left, taken = hours_cap, []
        for row in np.array(near[top])[np.argsort(gaps[top], kind="stable")]:
            if is_free[row] and hours[row] <= left:
                taken.append(int(row))
                left -= hours[row]
        is_free[taken] = False
        found.append(taken)
    return found


def proneness(firms: Float64s, rng: np.random.Generator) -> Float64s:
    """Chance of each building to hold a den: its firms times a gamma factor of shape 2."""
    chances = firms * rng.gamma(2.0, 0.5, N)
    return np.asarray(chances / chances.sum())


def leads_of(firms: Float64s, dens: NDArray[np.int64], rng: np.random.Generator) -> pd.DataFrame:
    """A year of tips and call-room leads: from dens of the last 90 days, about well-known towers, and from anywhere."""
    magnets = rng.choice(N, 20, replace=False, p=firms / firms.sum())
    places = [rng.choice(dens, 150), rng.choice(magnets, 300), rng.choice(N, 2_000, p=firms / firms.sum())]
    ages = [rng.uniform(0.0, 90.0, 150), *(rng.uniform(0.0, 365.0, n) for n in (300, 2_000))]
    row, age = np.concatenate(places), np.concatenate(ages)
    kinds = np.where(np.arange(len(row)) < 150, "call_room", rng.choice(["tip", "call_room"], len(row), p=[0.8, 0.2]))
    return pd.DataFrame(
        {
            "lead_id": [f"L{k}" for k in range(len(row))],
            "event_id": None,
            "lead_type": kinds,
            "lead_source": "reported",
            "received_at": pd.Timestamp(NOW) - pd.to_timedelta(age, unit="D"),
            "building_id": [f"B{k:04d}" for k in row],
        }
    )


def ranked(points: Float64s, firms: Float64s, leads: pd.DataFrame) -> pd.DataFrame:
    """The ranking's table."""
    frame = pd.DataFrame({"building_id": [f"B{k:04d}" for k in range(N)], "division_code": "370102", "n_firms": firms})
    history = HISTORY.validate(pd.DataFrame(columns=list(HISTORY.columns)))
    return rank_buildings(frame, leads, history, points, 1.0 + firms / 30.0, NOW, Rank()).table


if __name__ == "__main__":
    main()
