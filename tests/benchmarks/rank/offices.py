"""Dens found in 50, 100 and 300 team-hours among 3,000 simulated offices, by this ranking and others, 20 seeds.

    uv run python -m tests.benchmarks.rank.offices [--seeds 20]

The world of the notes on ranking, section 2(b): some 50 active dens; leads that dens cause, false ones that grow with
the firms of a building, and a few towers that draw complaints whatever happens in them; a visit costs 1 h + 1 h for 30
firms. All numbers are made up; they stand in `Office` and were set once, before the first run. Prints a Markdown table.
"""

from __future__ import annotations

import argparse
from dataclasses import dataclass
from datetime import UTC, datetime

import numpy as np
import pandas as pd

from geodata.arrays import Float64s, Int64s
from geodata.schema import HISTORY, LEADS
from sweep.rank.backtest.measures import order_of, within_hours
from sweep.rank.backtest.methods import (
    Snapshot,
    decayed_per_hour,
    kernel_density,
    local_gi,
    random_order,
    raw_count,
    raw_rate,
)
from sweep.rank.score import rank_buildings
from sweep.scenario.rank import Rank

NOW = datetime(2026, 9, 16, tzinfo=UTC)
BUDGETS_H = (50.0, 100.0, 300.0)


@dataclass(frozen=True)
class Office:
    """The made-up world."""

    n: int = 3_000
    n_quarters: int = 60
    width_m: float = 20_000.0
    quarter_spread_m: float = 500.0
    firms_median: float = 32.0
    firms_sigma: float = 0.7
    n_dens: float = 50.0
    den_shape: float = 2.0
    """Gamma shape of a building's proneness to hold a den, beside its firms."""
    open_days: tuple[float, float] = (5.0, 90.0)
    """A den that is active today has been open so long."""
    n_past_dens: float = 150.0
    """Closed in the year before; what was reported of them is old."""
    leads_per_den_day: float = 0.06
    false_leads: float = 1_500.0
    """A year, by firms and a Gamma of shape 2 a building."""
    n_magnets: int = 15
    magnet_leads: float = 25.0
    """A year each."""


def main() -> None:
    """Run all seeds and print the table."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--seeds", type=int, default=20)
    n_seeds = parser.parse_args().seeds
    worlds = [found(seed, Office()) for seed in range(1, n_seeds + 1)]
    size = pd.DataFrame([{key: world.pop(key) for key in ("dens", "leads")} for world in worlds]).mean()
    table = pd.DataFrame(worlds)
    print(f"{n_seeds} seeds, {size['dens']:.1f} dens, {size['leads']:.0f} leads\n")
    print(f"| ranking | {' | '.join(f'{h:.0f} h' for h in BUDGETS_H)} |\n|---{'|---' * len(BUDGETS_H)}|")
    most = {name: table[name, BUDGETS_H[-1]].mean() for name, _ in table.columns}
    for name in sorted(most, key=lambda one: -most[one]):
        cells = [cell_text(table[name, h], table[name, h] - table["this ranking", h]) for h in BUDGETS_H]
        print(f"| {name} | {' | '.join(cells)} |")


def cell_text(own: pd.Series[float], more: pd.Series[float]) -> str:
    """Mean and standard error; and how many more than this ranking, paired."""
    return f"{own.mean():.2f} ({own.sem():.2f}); {more.mean():+.2f} ({more.sem():.2f})"


def found(seed: int, world: Office) -> dict[object, float]:
    """Dens found by each ranking within each budget in one world."""
    rng = np.random.default_rng(seed)
    centre = rng.uniform(0.0, world.width_m, (world.n_quarters, 2))
    quarter = rng.integers(0, world.n_quarters, world.n)
    points_m = centre[quarter] + rng.normal(0.0, world.quarter_spread_m, (world.n, 2))
    firms = np.clip(np.round(rng.lognormal(np.log(world.firms_median), world.firms_sigma, world.n)), 5, 300)
    hours = 1.0 + firms / 30.0
    has_den, rows, age_days = happen(rng, world, firms)
    known = Snapshot(365.0, rows, age_days, points_m, firms, seed)
    scores = {
        "oracle (knows the dens)": has_den / hours,
        "this ranking": this_ranking(known, hours),
        "decayed leads per hour (30 days)": decayed_per_hour(hours, 30.0)(known),
        "decayed leads (30 days)": decayed_per_hour(np.ones(world.n), 30.0)(known),
        "raw rate": raw_rate(known),
        "raw count per hour": raw_count(known) / hours,
        "raw count": raw_count(known),
        "Gi* 300 m": local_gi(points_m, 300.0)(known),
        "KDE 300 m": kernel_density(points_m, 300.0)(known),
        "random": random_order(known),
    }
    caught = {
        (name, limit): float(has_den[within_hours(order_of(score, seed), hours, limit)].sum())
        for name, score in scores.items()
        for limit in BUDGETS_H
    }
    return {**caught, "dens": float(has_den.sum()), "leads": float(len(rows))}


def happen(rng: np.random.Generator, world: Office, firms: Float64s) -> tuple[Float64s, Int64s, Float64s]:
    """Where dens are, and the building and age of each lead of the year."""
    prone = firms * rng.gamma(world.den_shape, 1.0 / world.den_shape, world.n)
    dens = rng.choice(world.n, size=rng.poisson(world.n_dens), replace=False, p=prone / prone.sum())
    opened = rng.uniform(*world.open_days, len(dens))
    reported = _repeat(rng, np.arange(len(dens)), opened * world.leads_per_den_day)
    rows, ages = [dens[reported]], [rng.random(len(reported)) * opened[reported]]
    past = rng.choice(world.n, size=rng.poisson(world.n_past_dens), p=prone / prone.sum())
    life, closed = rng.uniform(*world.open_days, len(past)), rng.uniform(0.0, 365.0, len(past))
    which = _repeat(rng, np.arange(len(past)), life * world.leads_per_den_day)
    rows.append(past[which])
    ages.append(closed[which] + rng.random(len(which)) * life[which])
    noisy = firms * rng.gamma(2.0, 0.5, world.n)
    rows.append(rng.choice(world.n, size=rng.poisson(world.false_leads), p=noisy / noisy.sum()))
    magnets = rng.choice(world.n, size=world.n_magnets, replace=False)
    rows.append(_repeat(rng, magnets, np.full(world.n_magnets, world.magnet_leads)))
    ages += [rng.uniform(0.0, 365.0, len(r)) for r in rows[2:]]
    row, age = np.concatenate(rows).astype(np.int64), np.concatenate(ages)
    return np.isin(np.arange(world.n), dens).astype(np.float64), row[age < 365.0], age[age < 365.0]


def _repeat(rng: np.random.Generator, keys: Int64s, mean: Float64s) -> Int64s:
    return np.asarray(np.repeat(keys, rng.poisson(mean)), np.int64)


def this_ranking(known: Snapshot, hours: Float64s) -> Float64s:
    """Value per hour of the ranking as it is shipped, with its defaults, on the same leads, all of one type."""
    ids = [f"B{k:04d}" for k in range(len(known.population))]
    buildings = pd.DataFrame({"building_id": ids, "division_code": "370102", "n_firms": known.population.astype(int)})
    when = pd.Timestamp(NOW) - pd.to_timedelta(known.age_days, unit="D")
    columns = {
        "lead_id": [f"L{k}" for k in range(len(known.rows))],
        "lead_type": "call_room",
        "lead_source": "reported",
        "received_at": when,
        "building_id": [ids[r] for r in known.rows],
    }
    leads = LEADS.validate(pd.DataFrame(dict.fromkeys(LEADS.columns) | columns, columns=list(LEADS.columns)))
    history = HISTORY.validate(pd.DataFrame({c: pd.Series(dtype=str(t.dtype)) for c, t in HISTORY.columns.items()}))
    ranking = rank_buildings(buildings, leads, history, known.points_m, hours, NOW, Rank())
    return ranking.table.set_index("building_id")["value_per_hour"].loc[ids].to_numpy(np.float64)


if __name__ == "__main__":
    main()
