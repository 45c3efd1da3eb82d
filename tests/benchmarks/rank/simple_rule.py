"""Dens found in the hours of one day by the ranking, and by the simplest rule of worth.

    uv run python -m tests.benchmarks.rank.simple_rule [--first 2001] [--seeds 120]

The rule is decayed leads per team-hour, every type alike, half-life 30 days. Cities are those of `ranking_truth.py`,
which this reads. The ranking was designed while looking at cities 1 to 320 and 1001 to 1120, so that only others judge
it. Prints Markdown tables: dens found within several budgets, and how far ahead of the rule, paired by city; and the
chances of buildings beside the truth.
"""

from __future__ import annotations

import argparse
from itertools import pairwise

import numpy as np
import pandas as pd

from geodata.array_types import Float64s
from sweep.inputs.load_inputs import load_inputs
from sweep.jobs.stages.prepared_ranking import frozen_at
from sweep.jobs.stages.rank_day import Ranked, rank
from sweep.rank.rate.lead_weights import scoring_events
from sweep.scenario.load_scenario import load_scenario
from sweep.scenario.scenario import Scenario
from tests.benchmarks.rank.ranking_truth import SCENARIO, dens_found, dens_on_the_day
from tests.constants import without_labels

HALF_LIFE_DAYS = 30.0
HOURS = (8.0, 16.0, 24.0, 40.0)
RULE, OWN = "decayed leads per hour", "this ranking"


def main() -> None:
    """Run all cities and print the tables."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--first", type=int, default=2001)
    parser.add_argument("--seeds", type=int, default=120)
    given = parser.parse_args()
    cities = [one_city(seed) for seed in range(given.first, given.first + given.seeds)]
    table = pd.DataFrame([found for found, _ in cities])
    print(f"{given.seeds} cities from seed {given.first}\n\n| ranking | {' | '.join(f'{h:.0f} h' for h in HOURS)} |")
    print("|---|" + "---|" * len(HOURS))
    for method in (OWN, RULE):
        cells = [cell_text(table[method, h], table[RULE, h]) for h in HOURS]
        print(f"| {method} | {' | '.join(cells)} |")
    chances = pd.concat([chance for _, chance in cities]).sort_values("p", ascending=False, kind="stable")
    print("\n| buildings by chance | dens expected | dens |\n|---|---|---|")
    edges = [0, *(k * given.seeds for k in (5, 10, 20, 40, 80)), len(chances)]
    for start, end in pairwise(edges):
        part = chances.iloc[start:end]
        print(f"| {len(part) // given.seeds} | {part['p'].sum():.1f} | {part['has_den'].sum():.0f} |")


def cell_text(found: pd.Series[float], rule: pd.Series[float]) -> str:
    """Mean, and how far ahead of the rule with its standard error."""
    ahead = found - rule
    return f"{found.mean():.2f} ({ahead.mean():+.2f}, {ahead.sem():.2f})"


def one_city(seed: int) -> tuple[dict[tuple[str, float], float], pd.DataFrame]:
    """Dens found by each within each budget; and the chance of each building beside the truth."""
    scenario = without_labels(load_scenario(SCENARIO, {"city.seed": str(seed)}))
    inputs = load_inputs(scenario)
    ranked = rank(scenario, inputs)
    table = ranked.ranking.table
    n_dens = table["building_id"].map(dens_on_the_day(scenario)).fillna(0).to_numpy(np.float64)
    scores = {
        OWN: (ranked, ranked.ranking.table["value_per_hour"].to_numpy(np.float64)),
        RULE: (ranked, rule(scenario, ranked, inputs.leads)),
    }
    found = {(name, h): worth(scenario, *by, h) for name, by in scores.items() for h in HOURS}
    return found, pd.DataFrame({"p": table["p_find"], "has_den": n_dens > 0})


def rule(scenario: Scenario, ranked: Ranked, leads: pd.DataFrame) -> Float64s:
    """Decayed events per team-hour of each building of the ranking's table."""
    events = scoring_events(leads, frozen_at(scenario), scenario.rank.horizon_days)
    events = events.drop_duplicates(["event_id", "building_id"])
    weight = np.exp2(-events["age_days"] / HALF_LIFE_DAYS).groupby(events["building_id"]).sum()
    table = ranked.ranking.table
    return (table["building_id"].map(weight).fillna(0) / table["team_hours"]).to_numpy(np.float64)


def worth(scenario: Scenario, ranked: Ranked, score: Float64s, hours: float) -> float:
    """Dens in the buildings that the hours pay for."""
    table = ranked.ranking.table
    n_dens = table["building_id"].map(dens_on_the_day(scenario)).fillna(0).to_numpy(np.float64)
    return dens_found(score, table["team_hours"].to_numpy(np.float64), n_dens, hours)


if __name__ == "__main__":
    main()
