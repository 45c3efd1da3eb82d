"""
A real history replayed: Chicago's food inspections in the order of each policy.

    uv run python -m tests.benchmarks.campaign.past [--first 2013-09-02] [--weeks N] [--out FOLDER] [--keep FOLDER]

18,712 inspections of 2011-2014, with what each found. The visits a day are those that were truly made; each may come
up to four weeks sooner than it did, or later. The city's own required intervals: twice a year for risk 1, once for
risk 2, every other year for risk 3. Prints the table of the policies, and what a week takes. `--keep` leaves the
campaign's folder there, to be replayed with `sweep campaign replay`.
"""

from __future__ import annotations

import argparse
import tempfile
import time
from pathlib import Path

import numpy as np
import pandas as pd

from sweep.campaign.read_campaign_file import load_campaign
from sweep.campaign.replay.replay_runs import ReplayOptions, run_replays
from tests.paths import SHARED

FILE = SHARED / "incidents/food-inspections-chicago/inspections.csv.gz"
REQUIRED_DAYS = {"Risk 1 (High)": 183, "Risk 2 (Medium)": 365, "Risk 3 (Low)": 730}
SCENARIO = """name = "food"
day = 2014-11-01
lang = "en"
[data]
anywhere = true
buildings = "places.csv"
history = "before.csv"
"""
CAMPAIGN = """name = "food"
first_day = {first}
last_day = 2014-10-31
weekdays = ["mon", "tue", "wed", "thu", "fri"]
promise_weight = {weight}
"""


def write_campaign(folder: Path, first: str, weight: float = 0.05, most: int | None = None) -> None:
    """
    The campaign of the file in a folder.

    Parameters
    ----------
    first
        Its first day; what was found before is known.
    most
        Places; None: all.
    """
    rows = pd.read_csv(FILE).sort_values(["date", "id"], kind="stable")
    if most is not None:
        rows = rows[rows["license"].isin(rows["license"].drop_duplicates()[:most])]
    last = rows.groupby("license").last().reset_index()
    kind = last["category"] + ";" + last["risk"]
    places = pd.DataFrame({"building_id": last["license"], "lon": last["lon"], "lat": last["lat"], "kind": kind})
    outcome = np.where(rows["criticalfound"] == 1, "find", np.where(rows["results"] == "Pass", "nothing", "irregular"))
    visits = pd.DataFrame(
        {
            "building_id": rows["license"],
            "date": rows["date"],
            "inspector": rows["inspector_assigned"],
            "outcome": outcome,
            "required_days": rows["risk"].map(REQUIRED_DAYS).astype("Int64"),
        }
    )
    before = (rows["date"] < first).to_numpy()
    old = visits[before].rename(columns={"date": "visited_on", "inspector": "team"}).drop(columns="required_days")
    folder.mkdir(parents=True, exist_ok=True)
    old.assign(visit_id=rows["id"][before]).to_csv(folder / "before.csv", index=False)
    places.to_csv(folder / "places.csv", index=False)
    visits[~before].to_csv(folder / "inspections.csv", index=False)
    (folder / "scenario.toml").write_text(SCENARIO, encoding="utf-8")
    (folder / "campaign.toml").write_text(CAMPAIGN.format(first=first, weight=weight), encoding="utf-8")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--first", default="2013-09-02")
    parser.add_argument("--weeks", type=int)
    parser.add_argument("--weight", type=float, default=0.05)
    parser.add_argument("--policies", default="all")
    parser.add_argument("--keep", type=Path)
    parser.add_argument("--out", type=Path)
    given = parser.parse_args()
    n = 0

    def on_progress(*_: object) -> None:
        nonlocal n
        n += 1

    with tempfile.TemporaryDirectory() as name:
        folder = given.keep or Path(name) / "food"
        write_campaign(folder, given.first, given.weight)
        policies = () if given.policies == "all" else tuple(given.policies.split(","))
        cpu = time.process_time()
        out = given.out or Path(name) / "out"
        rows, _ = run_replays(load_campaign(folder), ReplayOptions(policies, 1, given.weeks), out, None, on_progress)
        cpu = time.process_time() - cpu
    names = list(rows[0].figures)
    print(f"| policy | {' | '.join(names)} |\n|---{'|---' * len(names)}|")
    for row in rows:
        print(f"| {row.policy} | " + " | ".join(f"{mean:.3f}" for mean, _ in row.figures.values()) + " |")
    print(f"{n} weeks, {cpu / max(1, n):.2f} s of processor a week")


if __name__ == "__main__":
    main()
