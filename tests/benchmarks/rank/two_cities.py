"""Calls of Portland (August and September 2016), break-ins of Vancouver (halves of 2020): where the later ones lie.

    uv run python -m tests.benchmarks.rank.two_cities

Cells of 500 ft and 250 m that ever hold an event, one origin each. Prints Markdown, or why it cannot run.
"""

from __future__ import annotations

import geopandas as gpd
import numpy as np
import pandas as pd

from geodata.array_types import Float64s
from sweep.rank.backtest.backtest import Protocol, backtest
from tests.benchmarks.rank.chicago import methods
from tests.benchmarks.rank.grid import grid_case
from tests.paths import SHARED

FOLDER = SHARED / "incidents"
FOOT_M = 0.3048
CELL_ONLY_M = 1e-6
SHOWN = {"hit_1": 3, "pai_1": 1, "pei_1": 3, "hit_5": 3, "pai_5": 1, "pei_5": 3}


def main() -> None:
    """One table a city."""
    if not FOLDER.is_dir():
        print("skipped: no shared/data/incidents beside the project, see the project's data folder")
        return
    print_city("Portland, all calls", *portland(), Protocol(first_day=31.0, n_origins=1, horizon_days=30.0))
    print_city(
        "Vancouver, break-ins at businesses", *vancouver(), Protocol(first_day=182.0, n_origins=1, horizon_days=184.0)
    )


def print_city(title: str, points_m: Float64s, days: Float64s, cell_m: float, protocol: Protocol) -> None:
    """Print one city's table."""
    case, _ = grid_case(points_m, days, cell_m, CELL_ONLY_M)
    rows = backtest(case, methods(case), protocol).set_index("method")
    print(f"\n{title}: {len(case.population):,} cells, {rows['n_events'].iloc[0]:,.0f} later events\n")
    print(f"| ranking | {' | '.join(SHOWN)} |\n|---{'|---' * len(SHOWN)}|")
    for method, row in rows.iterrows():
        print(f"| {method} | {' | '.join(f'{row[c]:.{d}f}' for c, d in SHOWN.items())} |")


def portland() -> tuple[Float64s, Float64s, float]:
    """Calls with a place, EPSG:2913 in feet brought to metres; days from 1 August."""
    files = [FOLDER / "crime-portland-nij" / name for name in ("080116_083116_Data.zip", "090116_093016_Data.zip")]
    calls = pd.concat([gpd.read_file(file) for file in files], ignore_index=True)
    places = np.column_stack([calls.geometry.x, calls.geometry.y]) * FOOT_M
    # One null geometry is written as -1.8e308.
    good = (np.isfinite(places) & (np.abs(places) < 1e8)).all(axis=1)
    days = (pd.to_datetime(calls["occ_date"]) - pd.Timestamp("2016-08-01")).dt.days.to_numpy(np.float64)
    return places[good], days[good], 500.0 * FOOT_M


def vancouver() -> tuple[Float64s, Float64s, float]:
    """All events with a place, UTM metres, which make the cells; days from 1 January of break-ins at businesses."""
    table = pd.read_csv(FOLDER / "crime-vancouver-2020" / "crimedata_csv_AllNeighbourhoods_2020.csv.gz")
    table = table[table["X"] > 0]
    dates = pd.to_datetime(table[["YEAR", "MONTH", "DAY"]].rename(columns=str.lower))
    days = (dates - pd.Timestamp("2020-01-01")).dt.days.to_numpy(np.float64)
    # Before day 0: makes a cell and does not count.
    counted = np.where(table["TYPE"] == "Break and Enter Commercial", days, -1.0)
    return table[["X", "Y"]].to_numpy(np.float64), counted, 250.0


if __name__ == "__main__":
    main()
