"""Burglaries of Chicago, 2016: where the next two weeks' lie, by several rankings that know only the past.

    uv run python -m tests.benchmarks.rank.chicago

Cells of 150 m within 400 m of any event, the grid from the south-westernmost one; known from 1 January; 13 windows of
14 days from day 180. Prints Markdown, or why it cannot run.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from sweep.rank.backtest.backtest import BacktestData, Protocol, backtest, summarise
from sweep.rank.backtest.baseline_rankings import Method, random_order, raw_count, with_cache
from tests.benchmarks.rank.grid import grid_case
from tests.benchmarks.rank.methods import kernel_density, local_bayes, local_gi, through_rank
from tests.paths import SHARED

FILE = SHARED / "incidents" / "burglary-chicago-2016" / "burglaries.csv"
CELL_M, NEAR_M = 150.0, 400.0
RADIUS_M, HALF_LIFE_DAYS = 700.0, 90.0
SHOWN = {"pai_1": 2, "pai_5": 2, "pai_10": 2, "pei_1": 3, "gini": 3}
# Origins of the grid, in cells, for the second table.
SHIFTS = tuple((x / 3, y / 3) for x in range(3) for y in range(3))


def main() -> None:
    """Both tables: the protocol's grid, and grids that start elsewhere."""
    if not FILE.is_file():
        print(f"skipped: no {FILE.name} in {FILE.parent.relative_to(FILE.parents[4])}, see the project's data folder")
        return
    events = pd.read_csv(FILE, parse_dates=["date"])
    case = cells(events)
    rows = backtest(case, methods(case), Protocol())
    print(f"{len(case.population):,} cells, {rows['n_events'].iloc[0]:.0f} events in the first window\n")
    summary = summarise(rows, seed=1).set_index(["method", "measure"])
    print(f"| ranking | {' | '.join(SHOWN)} |\n|---{'|---' * len(SHOWN)}|")
    for method in dict.fromkeys(rows["method"]):
        values = [(summary.loc[(method, measure)], digits) for measure, digits in SHOWN.items()]
        shown = [f"{v['mean']:.{d}f} ({v['low']:.{d}f} to {v['high']:.{d}f})" for v, d in values]
        print(f"| {method} | {' | '.join(shown)} |")
    known = cells(events, known_day=Protocol().first_day)
    table = backtest(known, methods(known), Protocol()).groupby("method", sort=False)[list(SHOWN)].mean()
    n_outside, n_later = len(events) - len(known.rows), int((known.days >= Protocol().first_day).sum())
    print(f"\nCells laid by what was known on the first day, {len(known.population):,} of them\n\n{table.round(3)}")
    print(f"\n{n_outside} of {n_outside + n_later:,} later events lie in no cell and are left out; as misses:")
    print((table * n_later / (n_outside + n_later))[["pai_1", "pai_5", "pai_10"]].round(3))
    shifted = [shifted_pai(events, shift) for shift in SHIFTS]
    print("\n| ranking | PAI at 1 %, mean of 9 grids | lowest | highest |\n|---|---|---|---|")
    for method, pai in pd.DataFrame(shifted).items():
        print(f"| {method} | {pai.mean():.2f} | {pai.min():.2f} | {pai.max():.2f} |")


def shifted_pai(events: pd.DataFrame, shift: tuple[float, float]) -> dict[str, float]:
    """PAI at 1 % of each ranking on one grid."""
    case = cells(events, shift)
    rows = backtest(case, methods(case), Protocol())
    return {str(key): float(value) for key, value in rows.groupby("method", sort=False)["pai_1"].mean().items()}


def methods(case: BacktestData) -> list[Method]:
    """Return the rankings to compare, this one first."""
    points_m = case.points_m
    return [
        with_cache(Method("this ranking, by `sweep rank`", through_rank(case))),
        Method("local empirical Bayes, 90-day decay", local_bayes(points_m, RADIUS_M, HALF_LIFE_DAYS)),
        Method("raw count", raw_count),
        Method("KDE 200 m", kernel_density(points_m, 200.0)),
        Method("Gi* 200 m", local_gi(points_m, 200.0)),
        Method("random", random_order),
    ]


def cells(events: pd.DataFrame, shift: tuple[float, float] = (0.0, 0.0), known_day: float = np.inf) -> BacktestData:
    """The cells near any event, and the events in them; day 0 is 1 January."""
    days = (events["date"] - pd.Timestamp("2016-01-01")).dt.days.to_numpy(np.float64)
    return grid_case(events[["x_m", "y_m"]].to_numpy(np.float64), days, CELL_M, NEAR_M, shift, known_day)[0]


if __name__ == "__main__":
    main()
