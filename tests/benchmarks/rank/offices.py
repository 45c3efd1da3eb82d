"""Dens found in 50, 100 and 300 team-hours among 3,000 simulated offices, by this ranking and others, 20 seeds.

    uv run python -m tests.benchmarks.rank.offices [--first 1] [--seeds 20] [--set NAME=VALUE ...] [--ideal]

The world of the notes on ranking, section 2(b): some 50 active dens; leads that dens cause, false ones that grow with
the firms of a building, and a few towers that draw complaints whatever happens in them; a visit costs 1 h + 1 h for 30
firms. All numbers are made up; they stand in `Office` and were set once, before the first run; `--set` gives another
world. With `--ideal` there is a row of chances by Bayes' rule from the world's own numbers, which nobody ever knows:
what is left to win. Prints a Markdown table.
"""

from __future__ import annotations

import argparse
from dataclasses import dataclass, replace
from datetime import UTC, datetime

import numpy as np
import pandas as pd
from scipy.stats import gamma

from geodata.array_types import Float64s, Int64s
from geodata.schema import HISTORY, LEADS
from sweep.rank.backtest.baseline_rankings import (
    Snapshot,
    decayed_per_hour,
    random_order,
    raw_count,
    raw_rate,
)
from sweep.rank.metrics import order_of, within_hours
from sweep.rank.rank_buildings import Ranking, rank_buildings
from sweep.scenario.rank_settings import Rank
from tests.benchmarks.rank.methods import kernel_density, local_gi

NOW = datetime(2026, 9, 16, tzinfo=UTC)
BUDGETS_H = (50.0, 100.0, 300.0)
FACTS = ("dens", "leads", "p")


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
    parser.add_argument("--first", type=int, default=1)
    parser.add_argument("--seeds", type=int, default=20)
    parser.add_argument(
        "--set", action="append", default=[], metavar="NAME=VALUE", help="of `Office`; two with a comma"
    )
    parser.add_argument("--ideal", action="store_true")
    given = parser.parse_args()
    world = replace(Office(), **dict(number(pair) for pair in given.set))
    worlds = [found(seed, world, with_ideal=given.ideal) for seed in range(given.first, given.first + given.seeds)]
    size = pd.DataFrame([{key: each.pop(key) for key in FACTS} for each in worlds]).mean()
    table = pd.DataFrame(worlds)
    print(f"{given.seeds} seeds, {size['dens']:.1f} dens, {size['leads']:.0f} leads")
    print(f"sum of p {size['p']:.1f}\n")
    print(f"| ranking | {' | '.join(f'{h:.0f} h' for h in BUDGETS_H)} |\n|---{'|---' * len(BUDGETS_H)}|")
    most = {name: table[name, BUDGETS_H[-1]].mean() for name, _ in table.columns}
    for name in sorted(most, key=lambda one: -most[one]):
        cells = [cell_text(table[name, h], table[name, h] - table["this ranking", h]) for h in BUDGETS_H]
        print(f"| {name} | {' | '.join(cells)} |")


def number(pair: str) -> tuple[str, object]:
    """A number of the world, or two."""
    name, text = pair.split("=", 1)
    values = tuple(float(part) for part in text.split(","))
    if len(values) == 2:
        return name, values
    return name, int(values[0]) if name.startswith("n") and name not in ("n_dens", "n_past_dens") else values[0]


def cell_text(own: pd.Series[float], more: pd.Series[float]) -> str:
    """Mean and standard error; and how many more than this ranking, paired."""
    return f"{own.mean():.2f} ({own.sem():.2f}); {more.mean():+.2f} ({more.sem():.2f})"


def found(seed: int, world: Office, *, with_ideal: bool) -> dict[object, float]:
    """Dens found by each ranking within each budget in one world."""
    rng = np.random.default_rng(seed)
    centre = rng.uniform(0.0, world.width_m, (world.n_quarters, 2))
    quarter = rng.integers(0, world.n_quarters, world.n)
    points_m = centre[quarter] + rng.normal(0.0, world.quarter_spread_m, (world.n, 2))
    firms = np.clip(np.round(rng.lognormal(np.log(world.firms_median), world.firms_sigma, world.n)), 5, 300)
    hours = 1.0 + firms / 30.0
    has_den, rows, age_days = happen(rng, world, firms)
    known = Snapshot(365.0, rows, age_days, points_m, firms, seed)
    own = this_ranking(known, hours, Rank())
    ids = [name_of(k) for k in range(world.n)]
    scores = {
        "oracle (knows the dens)": has_den / hours,
        **({"ideal (knows the world)": ideal(known, world) / hours} if with_ideal else {}),
        "this ranking": own.table.set_index("building_id")["value_per_hour"].loc[ids].to_numpy(np.float64),
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
    facts = {"dens": float(has_den.sum()), "leads": float(len(rows))}
    return {**caught, **facts, "p": own.table["p_find"].sum()}


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


def name_of(k: int) -> str:
    """Id of an office."""
    return f"B{k:04d}"


def this_ranking(known: Snapshot, hours: Float64s, settings: Rank) -> Ranking:
    """The ranking as it is shipped, with its defaults, on the same leads, all of one type."""
    ids = [name_of(k) for k in range(len(known.population))]
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
    return rank_buildings(buildings, leads, history, known.points_m, hours, NOW, settings)


def ideal(known: Snapshot, world: Office) -> Float64s:
    """
    P(a den is there) by Bayes' rule from the world's own numbers, shape (n,): nothing of the ranking is in it.

    What differs from office to office is averaged over eighths, the life of the den over seventeen, and the one past
    den that there may be over 36 times of closing and 6 lives.
    """
    share = known.population / known.population.sum()
    prone, noisy = (gamma.ppf((np.arange(8) + 0.5) / 8, shape, scale=1.0 / shape) for shape in (world.den_shape, 2.0))
    low, high = world.open_days
    opened = low + (high - low) * (np.arange(17) + 0.5) / 17
    closed, life = (
        grid.ravel()
        for grid in np.meshgrid(365.0 * (np.arange(36) + 0.5) / 36, low + (high - low) * (np.arange(6) + 0.5) / 6)
    )
    rate, tower = world.leads_per_den_day, world.n_magnets / world.n
    silent = np.exp(-rate * np.append(0.0, opened))[:, None] * np.exp(
        -rate * np.append(0.0, np.minimum(closed + life, 365.0) - closed)
    )
    chances = np.empty(world.n)
    for k in range(world.n):
        usual = world.false_leads / 365.0 * share[k] * noisy
        false = np.concatenate([usual, usual + world.magnet_leads / 365.0])
        likely = np.repeat([(1.0 - tower) / 8, tower / 8], 8) * np.exp(-365.0 * false)
        likelihood = np.ones((16, len(opened) + 1, len(closed) + 1))
        for age in known.age_days[known.rows == k]:
            now = rate * np.append(False, age < opened)
            past = rate * np.append(False, (age > closed) & (age < closed + life))
            likelihood *= false[:, None, None] + now[None, :, None] + past[None, None, :]
        of = np.tensordot(likely, likelihood, 1) * silent
        is_den, was_den = (-np.expm1(-n * prone * share[k]) for n in (world.n_dens, world.n_past_dens))
        prior = np.stack([1.0 - is_den, is_den]) @ np.stack([1.0 - was_den, was_den]).T
        evidence = np.array([[of[0, 0], of[0, 1:].mean()], [of[1:, 0].mean(), of[1:, 1:].mean()]])
        without, with_den = (prior * evidence).sum(axis=1)
        chances[k] = with_den / (without + with_den)
    return chances


if __name__ == "__main__":
    main()
