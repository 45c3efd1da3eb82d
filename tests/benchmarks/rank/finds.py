"""Chances of dens and of finds, beside the truth of made-up cities.

    uv run python -m tests.benchmarks.rank.finds [--first 5001] [--seeds 60] [--plan SECONDS]

Prints Markdown tables: buildings by decile of `p`, with the dens expected and those there, and the 95 % band of the
expected; and of a day's visits the chance of no find and the 90 % interval of finds beside what happens. That is
worked out and not drawn: each visit gets in, and detects each den, with the scenario's chances. The day's visits are
the first of the list that fit into the hours, or with `--plan` those of a plan that was searched for so long.
"""

from __future__ import annotations

import argparse

import numpy as np
import pandas as pd
from scipy.stats import binom, poisson

from geodata.array_types import Float64s
from sweep.inputs.load_inputs import load_inputs
from sweep.jobs.stages.plan_day import make_problem, plan
from sweep.jobs.stages.plan_inputs_record import rank_and_select
from sweep.publish.facts.find_count_distribution import finds_distribution
from sweep.records.ranking import RATE_UNIT
from sweep.scenario.load_scenario import load_scenario
from sweep.scenario.scenario import Scenario
from tests.benchmarks.rank.ranking_truth import SCENARIO, dens_on_the_day
from tests.constants import without_labels

HOURS = (8.0, 16.0, 24.0, 40.0)


def main() -> None:
    """Run all cities and print the tables."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--first", type=int, default=5001)
    parser.add_argument("--seeds", type=int, default=60)
    parser.add_argument("--plan", type=float, metavar="SECONDS")
    given = parser.parse_args()
    cities = [one_city(seed, given.plan) for seed in range(given.first, given.first + given.seeds)]
    print(f"{given.seeds} cities from seed {given.first}\n")
    print("| decile of p | dens expected | 95 % band | buildings with a den |\n|---|---|---|---|")
    buildings = pd.concat([chances for chances, _ in cities]).sort_values("p", kind="stable", ignore_index=True)
    for k, rows in buildings.groupby(np.arange(len(buildings)) * 10 // len(buildings)):
        low, high = poisson.ppf([0.025, 0.975], rows["p"].sum())
        print(f"| {k} | {rows['p'].sum():.1f} | {low:.0f} to {high:.0f} | {rows['has_den'].sum():.0f} |")
    print(
        "\n| day | visits | finds expected | finds | none expected | none | interval holds | none, independent visits |"
    )
    print("|---|---|---|---|---|---|---|---|")
    for day, rows in pd.concat([days for _, days in cities]).groupby("day", sort=False):
        mean, error = rows.drop(columns="day").mean(), rows.drop(columns="day").sem()
        print(
            f"| {day} | {mean['visits']:.1f} | {mean['expected']:.2f} | {mean['finds']:.2f} ({error['finds']:.2f}) |"
            f" {mean['none_expected']:.3f} | {mean['none']:.3f} ({error['none']:.3f}) |"
            f" {mean['held']:.3f} ({error['held']:.3f}) | {mean['none_independent']:.3f} |"
        )


def one_city(seed: int, plan_s: float | None) -> tuple[pd.DataFrame, pd.DataFrame]:
    """The chance of each building beside the truth; and days of visits beside what they would find."""
    limit = {} if plan_s is None else {"solver.time_limit_s": str(plan_s)}
    scenario = without_labels(load_scenario(SCENARIO, {"city.seed": str(seed), **limit}))
    prepared = rank_and_select(scenario, load_inputs(scenario))
    ranking = prepared.ranked.ranking
    table = ranking.table.set_index("building_id")
    n_dens = pd.Series(dens_on_the_day(scenario)).reindex(table.index).fillna(0)
    chances = pd.DataFrame({"p": table["p_find"], "has_den": n_dens > 0})
    visits = {f"{hours:.0f} h": first_that_fit(table["team_hours"], table["value"], hours) for hours in HOURS}
    if plan_s is not None:
        offered, made = prepared.visits, plan(prepared, make_problem(prepared))
        ids = dict.fromkeys(stop.visit_id for route in made.routes for stop in route.stops)
        visits["plan"] = pd.Series({offered[i].building_id: offered[i].value for i in ids})
    days = [day_row(day, value, table, n_dens, scenario, ranking.common_uncertainty) for day, value in visits.items()]
    return chances, pd.DataFrame(days)


def first_that_fit(hours: pd.Series[float], value: pd.Series[float], limit: float) -> pd.Series[float]:
    """Value of the first buildings of the list that the hours pay for, by building."""
    taken, left = [], limit
    for building_id, cost in hours.items():
        if cost <= left:
            left -= cost
            taken.append(building_id)
    return value[taken]


def day_row(
    day: str, value: pd.Series[float], table: pd.DataFrame, n_dens: pd.Series[float], scenario: Scenario, doubt: float
) -> dict[str, object]:
    """One day: what its visits are said to find, and what they find in the truth."""
    there = table.loc[value.index]
    more = there["rate"] * there["exposure_firm_days"] / RATE_UNIT / there["p_find"] * value
    odds = finds_distribution(value.to_numpy(np.float64), more.to_numpy(np.float64), doubt)
    truth = finds_in_truth(n_dens[value.index].to_numpy(np.int64), scenario)
    return {
        "day": day,
        "visits": len(value),
        "expected": value.sum(),
        "finds": float(np.arange(len(truth)) @ truth),
        "none_expected": odds.none,
        "none": truth[0],
        "held": truth[odds.low : odds.high + 1].sum(),
        "none_independent": float(np.prod(1.0 - value)),
    }


def finds_in_truth(n_dens: np.ndarray, scenario: Scenario) -> Float64s:
    """Chance of 0, 1, ... finds where so many dens are."""
    shares, access = np.ones(1), 1.0 - scenario.rank.no_access_share
    for n in n_dens[n_dens > 0]:
        found = access * binom.pmf(np.arange(n + 1), n, scenario.rank.detection_share)
        found[0] += 1.0 - access
        shares = np.convolve(shares, found)
    return shares


if __name__ == "__main__":
    main()
