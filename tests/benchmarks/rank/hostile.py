"""Pasts that mislead: does a lead more ever lower a building, and does what scores fall behind the rule?

    uv run python -m tests.benchmarks.rank.hostile [--seeds 20]

A town of 228 buildings with two years of leads and 700 past checks, half of them where leads were. Outcomes have no
tie to leads, or are turned against them, or all finds are in one district, or are of one inspector, or go by leads
as they should. The ranking is frozen after 18 months; later leads and later finds judge it, beside the rule alone. All
numbers are made up and were set once. Prints a Markdown table, means over the seeds, in brackets the paired difference
with its standard error.
"""

from __future__ import annotations

import argparse
from collections.abc import Callable
from datetime import UTC, datetime

import numpy as np
import pandas as pd

from geodata.array_types import Bools, Float64s
from geodata.schema import HISTORY, LEADS
from sweep.rank.metrics import area_under_curve, hit_rate, order_of
from sweep.rank.rank_buildings import Ranking, rank_buildings
from sweep.rank.rate.evidence import gather_evidence
from sweep.scenario.rank_settings import Rank

N, N_CHECKS, N_LEADS = 228, 700, 1_500
DAYS, FROZEN = 720, 540
FIRST = pd.Timestamp(datetime(2024, 9, 1, tzinfo=UTC))
FIND_SHARE = 0.12

type Outcome = Callable[[np.random.Generator, Float64s, pd.DataFrame], Float64s]
"""From fresh leads at each check (log-scaled to mean 0, spread 1) and the checks to the chance of a find."""


def _at(z: Float64s) -> Float64s:
    odds = FIND_SHARE / (1.0 - FIND_SHARE) * np.exp(z)
    return np.asarray(odds / (1.0 + odds))


PASTS: dict[str, Outcome] = {
    "at random": lambda _rng, z, _checks: np.full(len(z), FIND_SHARE),
    "reversed": lambda _rng, z, _checks: _at(-1.5 * z),
    "one district": lambda _rng, z, checks: np.where(checks["district"] == 0, 4.0 * FIND_SHARE, 0.0),
    "one inspector": lambda _rng, z, checks: np.where(checks["team"] == "T0", 5.0 * FIND_SHARE, 0.0),
    "by leads": lambda _rng, z, _checks: _at(1.5 * z),
}


def main() -> None:
    """Run all pasts and seeds."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--seeds", type=int, default=20)
    n_seeds = parser.parse_args().seeds
    columns = (
        "lowered by a lead",
        "model scores",
        "reasons",
        "later leads in 5 %: this, rule",
        "later finds, AUC: this, rule",
    )
    print(f"{n_seeds} seeds\n\n| past | {' | '.join(columns)} |\n|---{'|---' * len(columns)}|")
    for name, outcome in PASTS.items():
        rows = pd.DataFrame([one(seed, outcome) for seed in range(1, n_seeds + 1)])
        reasons = ", ".join(f"{reason} {n}" for reason, n in rows["reason"].value_counts().items())
        pairs = [both(rows, "leads"), both(rows, "finds")]
        print(
            f"| {name} | {rows['lowered'].sum()} | {rows['model'].sum()} | {reasons} | {' | '.join(pairs)} |",
            flush=True,
        )


def both(rows: pd.DataFrame, name: str) -> str:
    """Means of this ranking and of the rule, and the mean difference with its standard error."""
    gap = rows[f"{name}_own"] - rows[f"{name}_rule"]
    return f"{rows[f'{name}_own'].mean():.3f}, {rows[f'{name}_rule'].mean():.3f} ({gap.mean():+.3f}, {gap.sem():.3f})"


def one(seed: int, outcome: Outcome) -> dict[str, object]:
    """One town: what the ranking does on the day it is frozen, and what came later."""
    rng = np.random.default_rng(seed)
    district = np.arange(N) % 6
    points_m = np.column_stack([3_000.0 * district, np.zeros(N)]) + rng.normal(0.0, 500.0, (N, 2))
    firms = np.clip(np.round(rng.lognormal(3.0, 0.7, N)), 3, 200)
    buildings = pd.DataFrame(
        {"building_id": [f"B{k:03d}" for k in range(N)], "division_code": "370102", "n_firms": firms.astype(int)}
    )
    prone = firms * rng.gamma(1.0, 1.0, N)
    lead_at, lead_day = rng.choice(N, N_LEADS, p=prone / prone.sum()), rng.uniform(0.0, DAYS, N_LEADS)
    checks = pd.DataFrame({"row": rng.integers(0, N, N_CHECKS), "day": np.sort(rng.integers(30, DAYS, N_CHECKS))})
    busy = rng.random(N_CHECKS) < 0.5
    checks.loc[busy, "row"] = lead_at[rng.integers(0, N_LEADS, int(busy.sum()))]
    checks = checks.assign(team=[f"T{k}" for k in rng.integers(0, 5, N_CHECKS)], district=district[checks["row"]])
    age = checks["day"].to_numpy()[:, None] - lead_day
    near = (lead_at == checks["row"].to_numpy()[:, None]) & (age > 0)
    fresh = np.log1p((near * np.exp2(-np.maximum(age, 0.0) / 30.0)).sum(axis=1))
    find = rng.random(N_CHECKS) < outcome(rng, (fresh - fresh.mean()) / fresh.std(), checks)
    leads, history = tables(lead_at, lead_day, checks, find)
    now = (FIRST + pd.Timedelta(days=FROZEN)).to_pydatetime()

    def ranked(leads: pd.DataFrame, history: pd.DataFrame) -> Ranking:
        return rank_buildings(buildings, leads, history, points_m, 0.5 + firms / 50.0, now, Rank())

    ranking = ranked(leads, history)
    past = history[history["visited_on"] < pd.Timestamp(now)]
    evidence = gather_evidence(buildings, leads, past, points_m=points_m, now=now, settings=Rank())
    by_rule = evidence.chances.p_den / (0.5 + firms / 50.0)
    own = ranking.table.set_index("building_id")["value_per_hour"].loc[buildings["building_id"]].to_numpy(np.float64)
    later = np.bincount(lead_at[lead_day >= FROZEN], minlength=N).astype(np.float64)
    after = checks["day"].to_numpy() >= FROZEN
    rows = checks["row"].to_numpy()[after]
    table = ranking.table
    return {
        "lowered": int((table["rank_with_lead"] > table["rank"]).sum()) + again(ranked, leads, history, ranking, seed),
        "model": ranking.verdict.scored_by == "logistic",
        "reason": ranking.verdict.reason,
        "leads_own": hit_rate(later, order_of(own, seed), round(0.05 * N)),
        "leads_rule": hit_rate(later, order_of(by_rule, seed), round(0.05 * N)),
        "finds_own": area_under_curve(own[rows], find[after]),
        "finds_rule": area_under_curve(by_rule[rows], find[after]),
    }


def again(
    ranked: Callable[[pd.DataFrame, pd.DataFrame], Ranking],
    leads: pd.DataFrame,
    history: pd.DataFrame,
    before: Ranking,
    seed: int,
) -> int:
    """How many of three buildings fall when a lead really comes in the day before, and all is ranked again."""
    rank_of = before.table.set_index("building_id")["rank"]
    fallen = 0
    for building_id in np.random.default_rng(seed).choice(before.table["building_id"].to_numpy(str), 3, replace=False):
        one_more = leads.iloc[:1].assign(
            lead_id="one more", building_id=building_id, received_at=FIRST + pd.Timedelta(days=FROZEN - 1)
        )
        one_more = LEADS.validate(one_more)
        after = ranked(pd.concat([leads, one_more], ignore_index=True), history)
        fallen += int(after.table.set_index("building_id")["rank"][building_id] > rank_of[building_id])
    return fallen


def tables(
    lead_at: np.ndarray, lead_day: Float64s, checks: pd.DataFrame, find: Bools
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Leads and past checks, as the clean stage gives them."""
    lead = {
        "lead_id": [f"L{k}" for k in range(len(lead_at))],
        "lead_type": "call_room",
        "lead_source": "reported",
        "received_at": FIRST + pd.to_timedelta(lead_day, unit="D"),
        "building_id": [f"B{k:03d}" for k in lead_at],
    }
    visit = {
        "visit_id": [f"V{k}" for k in range(len(checks))],
        "building_id": [f"B{k:03d}" for k in checks["row"]],
        "visited_on": FIRST + pd.to_timedelta(checks["day"], unit="D"),
        "track": "case",
        "authority": "police",
        "team": checks["team"],
        "outcome": np.where(find, "find", "nothing"),
    }
    return tuple(  # type: ignore[return-value]
        schema.validate(pd.DataFrame(dict.fromkeys(schema.columns) | columns, columns=list(schema.columns)))
        for schema, columns in ((LEADS, lead), (HISTORY, visit))
    )


if __name__ == "__main__":
    main()
