"""
Finds that a campaign expects of real inspections, out of time: as the values say, and by the level of past visits.

    uv run python -m tests.benchmarks.campaign.level [--windows 8] [--histories chicago,montgomery,austin80,austin90]

Each history is ranked as of some days of its last two thirds; the places that were truly inspected in the four weeks
after are what a campaign would have visited. Prints a row a history: finds expected by the values of an inspection and
of a stock-taking, both times the level of each, the finds that were made, and how often the 90 % interval held them.
"""

from __future__ import annotations

import argparse
import tempfile
from collections.abc import Callable, Mapping, Sequence
from datetime import date, timedelta
from pathlib import Path

import numpy as np
import pandas as pd

from sweep.campaign.model.expected_window_finds import dispersion_of
from sweep.campaign.model.weekly_figures import count_interval
from sweep.campaign.read_campaign_file import load_campaign
from sweep.campaign.record.actual_over_expected_finds import levels_of
from sweep.campaign.window.load_campaign import load_for
from sweep.campaign.window.visit_values import ranker_of, rankings
from tests.paths import SHARED

FOLDER = SHARED / "incidents"
SCENARIO = """name = "food"
day = {first}
[data]
anywhere = true
buildings = "places.csv"
history = "history.csv"
"""
CAMPAIGN = 'name = "food"\nfirst_day = {first}\nlast_day = {last}\n'


def chicago() -> pd.DataFrame:
    rows = _read("chicago")
    kind = rows["category"] + ";" + rows["risk"]
    return rows.assign(place=rows["license"], kind=kind, team=rows["inspector_assigned"], find=rows["criticalfound"])


def montgomery() -> pd.DataFrame:
    rows = _read("montgomery")
    return rows[rows["kind"] == "routine"].assign(kind=rows["category"], team=None, find=rows["critical"])


def austin(below: int) -> pd.DataFrame:
    rows = _read("austin")
    rows = rows[(rows["kind"] == "routine") & (rows["score"] > 5)]
    return rows.assign(kind=rows["category"], team=None, find=rows["score"] < below)


HISTORIES: Mapping[str, Callable[[], pd.DataFrame]] = {
    "chicago": chicago,
    "montgomery": montgomery,
    "austin80": lambda: austin(80),
    "austin90": lambda: austin(90),
}


def _read(name: str) -> pd.DataFrame:
    rows = pd.read_csv(FOLDER / f"food-inspections-{name}/inspections.csv.gz")
    return rows.dropna(subset=["lon", "lat"]).sort_values(["date", "id"], kind="stable")


def write_tables(folder: Path, rows: pd.DataFrame, more_columns: Sequence[str]) -> None:
    """The tables of places and of past inspections, which have some more columns of `rows`."""
    places = rows.groupby("place", as_index=False).last()[["place", "lon", "lat", "kind"]].fillna({"kind": ""})
    places.rename(columns={"place": "building_id"}).to_csv(folder / "places.csv", index=False)
    history = rows.rename(columns={"id": "visit_id", "place": "building_id", "date": "visited_on"})
    history = history.assign(outcome=np.where(rows["find"].astype(bool), "find", "nothing"))
    history[["visit_id", "building_id", "visited_on", "outcome", *more_columns]].to_csv(
        folder / "history.csv", index=False
    )


def write_folder(folder: Path, rows: pd.DataFrame, first: date) -> None:
    """A campaign that begins on a day, with a history of its own."""
    write_tables(folder, rows, ["team"] if rows["team"].notna().any() else [])
    (folder / "scenario.toml").write_text(SCENARIO.format(first=first), encoding="utf-8")
    text = CAMPAIGN.format(first=first, last=first + timedelta(days=365))
    (folder / "campaign.toml").write_text(text, encoding="utf-8")


def one_window(rows: pd.DataFrame, first: date) -> dict[str, float]:
    """What was expected of the four weeks from a day, and what was found."""
    with tempfile.TemporaryDirectory() as name:
        write_folder(Path(name), rows, first)
        loaded = load_for(load_campaign(Path(name)), first)
    ranking = rankings(loaded, ranker_of(loaded), (first,))[first]
    end = (first + timedelta(days=28)).isoformat()
    made = rows[(rows["date"] >= first.isoformat()) & (rows["date"] < end)].drop_duplicates("place")
    value = ranking.table.set_index("building_id")["value"].reindex(made["place"].astype(str)).fillna(0.0)
    finds, found = float(value.sum()), float(made["find"].sum())
    share = loaded.scenario.select.stocktake_value_share
    inspection, stocktake = levels_of(loaded, ranking)
    mean = inspection.factor * finds
    low, high = count_interval(mean, dispersion_of(mean, (inspection.dispersion, inspection.error**2)))
    return {
        "visits": len(made),
        "found": found,
        "inspections": finds,
        "by level": mean,
        "stock-takings": share * finds,
        "of them by level": stocktake.factor * share * finds,
        "held": low <= found <= high,
        "is_calibrated": inspection.is_calibrated,
        "low": low,
        "high": high,
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--windows", type=int, default=8)
    parser.add_argument("--histories", default=",".join(HISTORIES))
    parser.add_argument("--each", action="store_true", help="a line a window too")
    given = parser.parse_args()
    if not FOLDER.is_dir():
        print("skipped: no shared/data/incidents next to the project")
        return
    columns = ("visits", "found", "inspections", "by level", "stock-takings", "of them by level")
    print(f"| history | {' | '.join(columns)} | by level over found | interval held |")
    print(f"|---{'|---' * (len(columns) + 2)}|")
    for name in given.histories.split(","):
        rows = HISTORIES[name]()
        days = pd.to_datetime(rows["date"])
        start, end = days.min() + (days.max() - days.min()) / 3, days.max() - pd.Timedelta(days=28)
        firsts = pd.date_range(start, end, given.windows).date
        made = [one_window(rows, first) for first in firsts]
        for first, of in zip(firsts, made, strict=True) if given.each else ():
            print(first, {k: round(float(x), 2) for k, x in of.items()})
        total = {c: sum(of[c] for of in made) for c in (*columns, "held")}
        cells = " | ".join(f"{total[c]:.0f}" for c in columns)
        ratio = total["by level"] / total["found"]
        print(f"| {name} | {cells} | {ratio:.2f} | {total['held']:.0f} of {len(made)} |", flush=True)


if __name__ == "__main__":
    main()
