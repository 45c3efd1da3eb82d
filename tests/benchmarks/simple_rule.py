"""Dens found in the hours of one day by the ranking, half-lives set or fitted, and by the simplest rule of worth.

    uv run python tests/benchmarks/simple_rule.py [--seeds 40]

The rule is decayed leads per team-hour, every type alike, half-life 30 days. Cities and budget are those of
`ranking_truth.py`, which this reads. Prints a Markdown table.
"""

from __future__ import annotations

import argparse

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from ranking_truth import SCENARIO, dens_found, dens_on_the_day

from sweep.pipeline.decide import Ground, rank_district
from sweep.pipeline.inputs import load_district
from sweep.pipeline.ranker import frozen_at
from sweep.rank.exposure import scoring_events
from sweep.scenario import Scenario
from sweep.scenario_file import load_scenario

Floats = NDArray[np.float64]
HALF_LIFE_DAYS = 30.0
# Labels cost time and move no rank.
PLAIN = {"rank.scan_simulations": "0", "rank.bootstrap_draws": "1"}


def main() -> None:
    """Run all cities and print the table."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--seeds", type=int, default=40)
    n_seeds = parser.parse_args().seeds
    table = pd.DataFrame([found(seed) for seed in range(1, n_seeds + 1)])
    print(f"{n_seeds} cities\n\n| ranking | dens found | standard error | more than this ranking | standard error |")
    print("|---|---|---|---|---|")
    for method in table.columns:
        own, more = table[method], table[method] - table["this ranking"]
        print(f"| {method} | {own.mean():.2f} | {own.sem():.2f} | {more.mean():.2f} | {more.sem():.2f} |")


def found(seed: int) -> dict[str, float]:
    """Dens found by each in one city."""
    given = {"city.seed": str(seed), **PLAIN}
    scenario = load_scenario(SCENARIO, given)
    district = load_district(scenario)
    ground = rank_district(scenario, district)
    fitted_scenario = load_scenario(SCENARIO, {**given, "rank.fit_half_life": "true"})
    fitted = rank_district(fitted_scenario, district)
    return {
        "this ranking": worth(scenario, ground, ground.ranking.table["value_per_hour"].to_numpy(np.float64)),
        "half-lives fitted": worth(scenario, fitted, fitted.ranking.table["value_per_hour"].to_numpy(np.float64)),
        "decayed leads per hour": worth(scenario, ground, rule(scenario, ground, district.leads)),
    }


def rule(scenario: Scenario, ground: Ground, leads: pd.DataFrame) -> Floats:
    """Decayed events per team-hour of each building of the ranking's table."""
    events = scoring_events(leads, frozen_at(scenario), scenario.rank.horizon_days)
    events = events.drop_duplicates(["event_id", "building_id"])
    weight = np.exp2(-events["age_days"] / HALF_LIFE_DAYS).groupby(events["building_id"]).sum()
    table = ground.ranking.table
    return (table["building_id"].map(weight).fillna(0) / table["team_hours"]).to_numpy(np.float64)


def worth(scenario: Scenario, ground: Ground, score: Floats) -> float:
    """Dens in the buildings that the hours pay for."""
    table, settings = ground.ranking.table, scenario.plan
    n_dens = table["building_id"].map(dens_on_the_day(scenario)).fillna(0).to_numpy(np.float64)
    hours = ground.team_size.n_active * (settings.shift_end_s - settings.shift_start_s) / 3600
    return dens_found(score, table["team_hours"].to_numpy(np.float64), n_dens, hours)


if __name__ == "__main__":
    main()
