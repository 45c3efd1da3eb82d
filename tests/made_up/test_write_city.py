from __future__ import annotations

import time
from collections import Counter
from hashlib import sha256
from pathlib import Path

import osmium
import pandas as pd
import pytest

from sweep.made_up.generate_city import SyntheticCity, generate_city
from sweep.made_up.settings.city import SyntheticCitySettings
from sweep.made_up.write_city import write_city

TRUTH_FILES = ("truth.csv", "truth_leads.csv")
FILES = {
    "city.osm.pbf",
    "building_files.csv",
    "firms.csv",
    "leads.csv",
    "roster.csv",
    "bases.csv",
    "history.csv",
    *TRUTH_FILES,
}


@pytest.fixture(scope="module")
def folder(city: SyntheticCity, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("city")
    write_city(city, folder)
    return folder


def digests(folder: Path) -> dict[str, str]:
    return {path.name: sha256(path.read_bytes()).hexdigest() for path in folder.iterdir()}


def test_all_files_are_there(folder: Path) -> None:
    assert {path.name for path in folder.iterdir()} == FILES


def test_two_runs_write_the_same_bytes_within_ten_seconds(
    folder: Path, settings: SyntheticCitySettings, tmp_path: Path
) -> None:
    start = time.process_time()
    write_city(generate_city(settings), tmp_path)
    # About 0.7 s on one core; the bound is the promise.
    assert time.process_time() - start < 10.0
    assert digests(tmp_path) == digests(folder)


def test_the_map_reads_back_with_every_street_building_and_entrance(folder: Path, city: SyntheticCity) -> None:
    found: Counter[str] = Counter()
    points: dict[str, tuple[float, float]] = {}
    main: set[tuple[float, float]] = set()
    for thing in osmium.FileProcessor(str(folder / "city.osm.pbf")).with_locations():
        if isinstance(thing, osmium.osm.Node):
            if "entrance" in thing.tags:
                found[f"entrance {thing.tags['entrance']}"] += 1
                if thing.tags["entrance"] == "main":
                    main.add((thing.lon, thing.lat))
            continue
        assert isinstance(thing, osmium.osm.Way)
        if "building" in thing.tags:
            assert thing.is_closed()
            found["building"] += 1
            points[thing.tags["ref"]] = (thing.nodes[0].lon, thing.nodes[0].lat)
        else:
            found["street"] += 1
            assert {"highway", "name", "maxspeed", "oneway"} <= {tag.k for tag in thing.tags}
    kinds = city.exits["kind"].value_counts()
    assert found == {
        "street": len(city.streets),
        "building": 290,
        **{f"entrance {kind}": kinds[kind] for kind in ("main", "exit", "yes")},
    }
    assert set(points) == set(city.buildings["building_id"])
    assert set(points.values()) == main


def test_the_csv_files_say_what_the_tables_say(folder: Path, city: SyntheticCity) -> None:
    leads = pd.read_csv(folder / "leads.csv")
    assert list(leads.columns) == list(city.leads.columns)
    assert leads["received_at"].str.endswith("+08:00").all()
    assert (pd.to_datetime(leads["received_at"]) == city.leads["received_at"]).all()
    roster = pd.read_csv(folder / "roster.csv")
    assert {"shift_start", "shift_end"} <= set(roster.columns)
    assert roster["shift_start"].str.fullmatch(r"\d\d:\d\d").all()
    assert set(roster["is_female"]) == {0, 1}
    truth = pd.read_csv(folder / "truth.csv")
    assert list(truth.columns) == ["den_id", "building_id", "lead_type", "opened_on", "closed_on"]
    assert truth["opened_on"].str.fullmatch(r"\d{4}-\d\d-\d\d").all()


def test_the_truth_stands_in_no_other_file(folder: Path, city: SyntheticCity) -> None:
    for path in folder.iterdir():
        if path.suffix == ".csv" and path.name not in TRUTH_FILES:
            table = pd.read_csv(path, dtype="str")
            assert not {"den_id", "true_building_id", "is_hit", "event"} & set(table.columns)
            cells = set(table.to_numpy().ravel())
            assert not cells & set(city.truth["den_id"]), path.name
