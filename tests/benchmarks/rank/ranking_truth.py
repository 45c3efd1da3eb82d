"""Dens found in the team-hours of one day, by several rankings, over cities whose truth is known.

    uv run python -m tests.benchmarks.rank.ranking_truth [--first 2001] [--seeds 20]

Every ranking is given the same buildings, matched leads, hours and cost of a visit, and walks down its list taking
what still fits. A den counts as found when its building is visited. Prints a Markdown table.
"""

from __future__ import annotations

import argparse

import numpy as np
import pandas as pd
from scipy.spatial.distance import cdist

from geodata.array_types import Float64s
from sweep.inputs.load_inputs import load_inputs
from sweep.jobs.stages.rank_day import Ranked, rank
from sweep.made_up.city_cache import city_folder
from sweep.made_up.settings.city import SyntheticCitySettings
from sweep.scenario.load_scenario import load_scenario
from sweep.scenario.scenario import Scenario
from tests.constants import without_labels
from tests.paths import ROOT

SCENARIO = ROOT / "scenarios" / "quancheng"
KDE_BANDWIDTH_M = 200.0


def main() -> None:
    """Run all seeds and print the table."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--seeds", type=int, default=20)
    parser.add_argument("--first", type=int, default=2001)
    given = parser.parse_args()
    n_seeds = given.seeds
    rows = [found_by_method(seed) for seed in range(given.first, given.first + n_seeds)]
    table = pd.DataFrame(rows)
    print(f"{n_seeds} cities, {table.pop('hours').mean():.0f} team-hours, {table.pop('dens').mean():.1f} dens open\n")
    print("| ranking | dens found | standard error | behind this ranking, paired | standard error |")
    print("|---|---|---|---|---|")
    for method in table.mean().sort_values(ascending=False).index:
        found, behind = table[method], table["this ranking"] - table[method]
        print(
            f"| {method} | {found.mean():.2f} | {found.sem():.2f} | {behind.mean():.2f} | {behind.sem():.2f} |"
        )  # fmt: skip


def found_by_method(seed: int) -> dict[str, float]:
    """Dens found by each ranking in one city, the hours, and the dens that there are."""
    scenario = without_labels(load_scenario(SCENARIO, {"city.seed": str(seed)}))
    inputs = load_inputs(scenario)
    ranked = rank(scenario, inputs)
    table = ranked.ranking.table
    open_dens = dens_on_the_day(scenario)
    n_dens = table["building_id"].map(open_dens).fillna(0).to_numpy(np.float64)
    settings = scenario.plan
    hours = ranked.team_size.n_active * (settings.shift_end_s - settings.shift_start_s) / 3600
    result = {"hours": hours, "dens": float(n_dens.sum())}
    for name, score in scores(seed, table, inputs.leads, ranked, n_dens).items():
        result[name] = dens_found(score, table["team_hours"].to_numpy(np.float64), n_dens, hours)
    return result


def dens_on_the_day(scenario: Scenario) -> dict[str, int]:
    """Open dens by building."""
    if scenario.city is None:
        raise ValueError("the benchmark needs a made-up city")
    folder = city_folder(
        SyntheticCitySettings(**{**scenario.city.model_dump(), "day": scenario.city.day or scenario.day})
    )
    truth = pd.read_csv(folder / "truth.csv", parse_dates=["opened_on", "closed_on"])
    day = pd.Timestamp(scenario.day)
    is_open = (truth["opened_on"] <= day) & (truth["closed_on"].isna() | (truth["closed_on"] > day))
    return truth[is_open].groupby("building_id").size().to_dict()


def scores(
    seed: int, table: pd.DataFrame, leads: pd.DataFrame, ranked: Ranked, n_dens: Float64s
) -> dict[str, Float64s]:
    """What each ranking sorts by, in the rows of the ranking's table."""
    counts = table["building_id"].map(leads.groupby("building_id").size()).fillna(0).to_numpy(np.float64)
    area = np.array([ranked.buildings[b].floor_area_m2 for b in table["building_id"]])
    points = table[["x_m", "y_m"]].to_numpy(np.float64)
    hours = table["team_hours"].to_numpy(np.float64)
    rng = np.random.default_rng(seed)
    return {
        "oracle (knows the dens)": n_dens / hours,
        "this ranking": table["value_per_hour"].to_numpy(np.float64),
        "raw lead count": counts,
        "raw leads per floor area": counts / area,
        "heat map (KDE 200 m)": heat(points, counts),
        "random": rng.random(len(table)),
    }


def heat(points: Float64s, counts: Float64s) -> Float64s:
    """Gaussian kernel density of the leads at each building."""
    return np.asarray(np.exp(-0.5 * (cdist(points, points) / KDE_BANDWIDTH_M) ** 2) @ counts)


def dens_found(score: Float64s, hours: Float64s, n_dens: Float64s, limit: float) -> float:
    """Dens in the buildings taken in order of score while their hours fit; ties in seeded random order."""
    order = np.lexsort((np.random.default_rng(0).random(len(score)), -score))
    found, left = 0.0, limit
    for row in order:
        if hours[row] <= left:
            left -= hours[row]
            found += n_dens[row]
    return found


if __name__ == "__main__":
    main()
