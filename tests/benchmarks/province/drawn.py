"""
Drawn provinces of three to five small counties: dead links, shared officers, broken counties, counties far apart.

    uv run python -m tests.benchmarks.province.drawn [--provinces 20] [--iterations 3000]

Each has a linked action that one county cannot make (its police are recused, it has too many exits to guard, nobody has
a recorder, the building is not on offer) or that can be made. Promised is the value by which the mobile teams were
allocated, made that of the plans, which are searched for longer; conflicts are people of two rosters in the teams of
both, counted in the plan files, and those that the run reports. Counties are planned in this process, one by one.
"""

from __future__ import annotations

import argparse
import json
import tempfile
from collections import Counter
from pathlib import Path
from unittest.mock import patch

import geopandas as gpd
import numpy as np
import pandas as pd

from geodata.message_catalogue import load_texts
from sweep.province import synthetic_province
from sweep.province.records import MobileTeam
from sweep.province.run.county_job import do_job
from sweep.province.run.county_with_mobile_teams import MOBILE_ID, CountyAssignment, reinforced_problem
from sweep.province.run.run_province import ProvinceOutcome, run_province
from sweep.province.run.value_curve import read_county
from sweep.scenario.load_scenario import load_scenario
from tests.province.run.conftest import Here, loaded

DEAD = ("none", "recusal", "guards", "skill", "not on offer")
MOST_SHARED = 5


def main() -> None:
    """Print a line for each province, and the sums."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--provinces", type=int, default=20)
    parser.add_argument("--first", type=int, default=0, help="seed of the first")
    parser.add_argument("--iterations", type=int, default=3_000)
    given = parser.parse_args()
    print("| province | counties | broken | dead by | link | maps | promised | made | off, % | conflicts | reported |")
    least, most, missed = 0.0, 0.0, 0
    for seed in range(given.first, given.first + given.provinces):
        with tempfile.TemporaryDirectory() as place:
            folder, dead, n_broken = draw(Path(place), seed, given.iterations)
            outcome = run_province(loaded(folder), Path(place) / "out", Here(do_job), lambda _: None)
            edition = outcome.edition
            made = sum(c.plan.value for c in edition.planned if c.plan)
            promised, conflicts = edition.allocation.value, twice(outcome)
            reported = {(v.where, str(v.values["detail"])) for v in outcome.violations}
            off = 100 * (made - promised) / max(promised, made, 1e-9)
            why = edition.starts[0].why or "made"
            n_maps = (outcome.folder / "province.html").read_text(encoding="utf-8").count('<svg class="map"')
        least, most, missed = min(least, off), max(most, off), missed + (reported != conflicts)
        facts = (
            seed,
            len(edition.counties),
            n_broken,
            dead,
            why,
            n_maps,
            f"{promised:.3f}",
            f"{made:.3f}",
            f"{off:.2f}",
        )
        print("|", *(f"{x} |" for x in (*facts, len(conflicts), len(reported))), flush=True)
    print(f"made is {least:.2f} to {most:.2f} % more than promised; conflicts missed or made up in {missed} provinces")


def draw(place: Path, seed: int, n_iterations: int) -> tuple[Path, str, int]:
    """A province's folder, what makes its link a dead one, and how many counties are broken."""
    rng, n_counties = np.random.default_rng((seed, 57)), 3 + seed % 3
    step = 9.0 if seed % 4 == 3 else 0.2
    with patch.multiple(synthetic_province, _MEDIAN=14.0, _LON_STEP=step):
        folder = synthetic_province.write_made_up_province("p", place, load_texts("en"), n_counties)
    counties = sorted((folder / "counties").iterdir())
    for county in counties:
        roster = pd.read_csv(county / "roster.csv", dtype=str)
        roster["person_id"] = county.name + "-" + roster["person_id"]
        roster.to_csv(county / "roster.csv", index=False)
    a, b, *others = (counties[int(k)] for k in rng.permutation(n_counties))
    sites = {c: best_site(c) for c in (a, b)}
    dead = DEAD[seed % len(DEAD)]
    kill_link(b, sites, dead)
    share(a, b, int(rng.integers(1, MOST_SHARED + 1)))
    n_broken = int(rng.random() < 0.4)
    if n_broken:
        (others[0] / "leads.csv").write_text("lead_id,lon\nL1,abc\n", encoding="utf-8")
    listed = ", ".join(f'{{county = "{c.name}", building = "{site}"}}' for c, site in sites.items())
    file = folder / "province.toml"
    text = file.read_text(encoding="utf-8").replace("teams = 1 ", "teams = 2 ")
    text = text.replace("seed = 1\n", 'seed = 1\nperson_ids = "province"\n', 1)
    file.write_text(
        text + f'\n[[links]]\nid = "L1"\nsites = [{listed}]\n\n[limits]\niterations = {n_iterations}\n',
        encoding="utf-8",
    )
    return folder, dead, n_broken


def best_site(county: Path) -> str:
    """The building on offer of the county whose visit is worth most."""
    _, problem = reinforced_problem(read_county(load_scenario(county)), CountyAssignment(MobileTeam(4, 1)), 2, None)
    return max(problem.visits, key=lambda v: (v.track == "case", v.value)).building_id


def kill_link(county: Path, sites: dict[Path, str], dead: str) -> None:
    """Change the tables of a county so that it cannot make its site."""
    roster = pd.read_csv(county / "roster.csv", dtype=str)
    if dead == "recusal":
        roster["recusals"] = sites[county]
    if dead == "skill":
        roster["skills"] = ""
    roster.to_csv(county / "roster.csv", index=False)
    if dead == "guards":
        buildings = gpd.read_file(county / "buildings.gpkg")
        buildings.loc[buildings["building_id"] == sites[county], "n_exits"] = 99
        buildings.to_file(county / "buildings.gpkg")
    if dead == "not on offer":
        sites[county] = "B9999"


def share(a: Path, b: Path, n: int) -> None:
    """Give police of one county the ids of police of the other."""
    first, second = (pd.read_csv(c / "roster.csv", dtype=str) for c in (a, b))
    rows = second.index[second["agency"] == "police"][:n]
    second.loc[rows, "person_id"] = first.loc[first["agency"] == "police", "person_id"].to_list()[: len(rows)]
    second.to_csv(b / "roster.csv", index=False)


def twice(outcome: ProvinceOutcome) -> set[tuple[str, str]]:
    """Each person in the teams of several counties, with these, as the plan files say."""
    at: dict[str, list[str]] = {}
    for file in sorted(outcome.folder.glob("counties/*/*/plan.json")):
        teams = json.loads(file.read_text(encoding="utf-8"))["teams"]
        for person_id in {i for t in teams for i in t["member_ids"]}:
            at.setdefault(person_id, []).append(file.parents[1].name)
    counts = Counter({i: len(counties) for i, counties in at.items() if not i.startswith(MOBILE_ID)})
    return {(i, ", ".join(at[i])) for i, n in counts.items() if n > 1}


if __name__ == "__main__":
    main()
