"""Leads to come and dens to find: the ranking, beside simpler ones, over cities.

    uv run python -m tests.benchmarks.rank.out_of_time [--seeds 10]

`sweep backtest` over made-up cities, fortnight after fortnight, 40 team-hours each. Prints a Markdown table: means over
cities of the means over windows, standard errors over cities.
"""

from __future__ import annotations

import argparse

import pandas as pd

from sweep.jobs.backtest.backtest import backtest_scenario
from sweep.publish.studies.backtest_page import BacktestResult
from sweep.scenario.load_scenario import load_scenario
from tests.paths import ROOT

SCENARIO = ROOT / "scenarios" / "quancheng"
SHOWN = {"hit_5": 3, "pai_5": 2, "recall_hours": 3, "pai_effort": 2, "ndcg": 3, "gini": 3}


def main() -> None:
    """Run all cities and print the table."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--seeds", type=int, default=10)
    n_seeds = parser.parse_args().seeds
    table = pd.concat([measured(seed) for seed in range(1, n_seeds + 1)])
    mean, error = (table.groupby("method").agg(how) for how in ("mean", "sem"))
    columns = [*SHOWN, "auc_within"]
    print(f"{n_seeds} cities\n\n| ranking | {' | '.join(columns)} |\n|---{'|---' * len(columns)}|")
    for method in mean.sort_values("gini", ascending=False).index:
        cells = [
            f"{mean.loc[method, c]:.{SHOWN.get(c, 3)}f} ({error.loc[method, c]:.{SHOWN.get(c, 3)}f})" for c in columns
        ]
        print(f"| {method} | {' | '.join(cells)} |")


def measured(seed: int) -> pd.DataFrame:
    """Return the measures of each method in one city."""
    scenario = load_scenario(SCENARIO, {"city.seed": str(seed)})
    return _rows(backtest_scenario(scenario, lambda _step, _progress: None))


def _rows(verdict: BacktestResult) -> pd.DataFrame:
    means = verdict.summary.pivot_table(index="method", columns="measure", values="mean", sort=False)
    areas = verdict.finds.set_index("method")["auc_within"]
    return means[list(SHOWN)].assign(auc_within=areas).reset_index()


if __name__ == "__main__":
    main()
