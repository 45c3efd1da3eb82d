"""`sweep init` on a real map: what it finds, what it writes, and that the folder runs once its tables are filled."""

from __future__ import annotations

import csv
import json
import shutil
from pathlib import Path
from typing import Any

import geopandas as gpd
import pytest

from geodata.read.osm.buildings_and_streets import read_osm_buildings
from sweep.scenario.load_scenario import load_scenario
from tests.paths import GEO, needs_data

Run = Any  # of conftest.py

BEIJING = GEO / "osm-cn-beijing-cau" / "map.osm"
BUND = GEO / "osm-cn-shanghai-bund"
with_geo = needs_data(GEO)
TABLES = {"firms.csv", "leads.csv", "roster.csv", "bases.csv", "history.csv"}


def rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def test_a_scenario_on_a_map_runs_once_its_tables_are_filled(sweep: Run, city: Path, tmp_path: Path) -> None:
    made = sweep("init", "east", "--folder", tmp_path, "--osm", city / "city.osm.pbf", "--district", "370102", "--json")
    assert made.exit_code == 0, made.output
    reply, folder = json.loads(made.stdout), tmp_path / "east"
    # The city of the fixtures has 40 buildings, all tagged as offices, and one network of streets.
    assert (reply["n_buildings"], reply["n_by_reason"]) == (40, {"building": 40})
    assert (reply["main_share"], reply["n_far_from_roads"], reply["n_cut_off"]) == (1.0, 0, 0)
    assert {r["division_code"] for r in rows(folder / "building_files.csv")} == {"370102"}
    assert {r["office_reason"].split("=")[0] for r in rows(folder / "found_buildings.csv")} == {"building"}
    for name in TABLES:
        shutil.copyfile(city / name, folder / name)
    # The roster of the fixtures is too small for the twelve teams of the template, which validate reports.
    assert sweep("validate", folder, "--json").exit_code == 2
    # Nor has the district files of its buildings' property companies, from which some on the roster are recused.
    options = ("--set", "teams.n_teams=4", "--set", "teams.recusals_elsewhere=true", "--json")
    result = sweep("validate", folder, *options)
    assert result.exit_code == 0, result.output
    used = {i["table"]: i["n_used"] for i in json.loads(result.stdout)["inputs"]}
    assert used["buildings"] == used["building_files"] == 40


@pytest.mark.slow
@with_geo
def test_a_scenario_on_a_real_map_runs_at_once_and_says_that_its_tables_are_made_up(sweep: Run, tmp_path: Path) -> None:
    made = sweep("init", "cau", "--folder", tmp_path, "--osm", BEIJING, "--district", "110108", "--json")
    assert made.exit_code == 0, made.output
    assert {f"{name}.csv" for name in json.loads(made.stdout)["made_up"]} == TABLES
    folder = tmp_path / "cau"
    options = ("--out", tmp_path / "out", "--set", "solver.iterations=50", "--set", "teams.n_teams=6")
    assert sweep("run", folder, *options).exit_code == 0
    (report,) = (tmp_path / "out").rglob("report.html")
    assert report.read_text(encoding="utf-8").count("G307") == len(TABLES)
    # A table of one's own, if only by a blank line, is no longer the made-up one.
    (folder / "leads.csv").write_bytes((folder / "leads.csv").read_bytes() + b"\n")
    reply = json.loads(sweep("validate", folder, "--json").stdout)
    assert reply["issues"] == []
    where = {note["where"] for note in reply["notes"] if note["code"] == "G307"}
    assert where == {f"data.{name}" for name in ("firms", "roster", "bases", "history")}


@with_geo
def test_an_office_building_that_its_firms_show_later_has_the_district_of_the_others(
    sweep: Run, tmp_path: Path
) -> None:
    options = ("--folder", tmp_path, "--osm", BEIJING, "--district", "110108", "--json")
    n_found = json.loads(sweep("init", "cau", *options).stdout)["n_buildings"]
    everything = read_osm_buildings(BEIJING, only_offices=False)
    house = everything[everything.office_reason.isna() & everything.geometry.notna()].geometry.iloc[0]
    place = house.representative_point()
    firms = rows(tmp_path / "cau" / "firms.csv")
    moved = [firm | {"building_id": "", "reg_address": "", "lon": place.x, "lat": place.y} for firm in firms[:3]]
    with (tmp_path / "cau" / "firms.csv").open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, list(firms[0]))
        writer.writeheader()
        writer.writerows([*moved, *firms[3:]])
    reply = json.loads(sweep("validate", tmp_path / "cau", "--json").stdout)
    assert reply["issues"] == []
    assert next(i for i in reply["inputs"] if i["table"] == "buildings")["n_used"] > n_found
    assert reply["repairs"]["division_default"] >= 1


@with_geo
@pytest.mark.parametrize("options", [["--empty", "--district", "110108"], []], ids=["asked for", "no district known"])
def test_tables_are_left_empty(sweep: Run, tmp_path: Path, options: list[str]) -> None:
    made = sweep("init", "cau", "--folder", tmp_path, "--osm", BEIJING, *options, "--json")
    assert json.loads(made.stdout)["made_up"] == []
    assert [rows(tmp_path / "cau" / name) for name in sorted(TABLES)] == [[]] * len(TABLES)
    assert "made_up" not in (tmp_path / "cau" / "scenario.toml").read_text(encoding="utf-8")


@with_geo
def test_a_real_extract_reports_why_and_how_its_streets_hang_together(sweep: Run, tmp_path: Path) -> None:
    made = sweep("init", "cau", "--folder", tmp_path, "--osm", BEIJING, "--lang", "en")
    assert made.exit_code == 0, made.output
    assert "tag office" in made.stdout
    folder = tmp_path / "cau"
    found = rows(folder / "found_buildings.csv")
    assert f"{len(found)}" in made.stdout
    # 24 objects are tagged office=*, as the set's description says: on the house, or as a point inside one.
    assert sum(r["office_reason"].startswith("office") for r in found) <= 24
    assert {p.name for p in folder.iterdir()} == {
        "scenario.toml",
        "district.osm.pbf",
        "found_buildings.csv",
        "building_files.csv",
        *TABLES,
    }


@pytest.mark.slow
@with_geo
def test_a_box_and_a_district_cut_the_map(sweep: Run, tmp_path: Path) -> None:
    whole = sweep("init", "whole", "--folder", tmp_path, "--osm", BEIJING, "--json")
    half = sweep(
        "init", "half", "--folder", tmp_path, "--osm", BEIJING, "--bbox", "116.342,39.997,116.352,40.01", "--json"
    )
    ring = [[116.342, 39.997], [116.352, 39.997], [116.352, 40.01], [116.342, 40.01], [116.342, 39.997]]
    feature = {"type": "Feature", "properties": {"division_code": "110108", "division_name": "海淀区"}}
    feature["geometry"] = {"type": "Polygon", "coordinates": [ring]}
    districts = tmp_path / "d.geojson"
    districts.write_text(json.dumps({"type": "FeatureCollection", "features": [feature]}), encoding="utf-8")
    options = ("--districts", districts, "--district", "110108")
    same = sweep("init", "same", "--folder", tmp_path, "--osm", BEIJING, *options, "--json")
    # A shapefile with its parts, some of them in capitals.
    short = {"division_code": "adcode", "division_name": "name"}
    gpd.read_file(districts).rename(columns=short).to_file(tmp_path / "d.shp", encoding="utf-8")
    (tmp_path / "d.prj").rename(tmp_path / "d.PRJ")
    (tmp_path / "d.old.dbf").write_text("another's", encoding="utf-8")
    options = ("--districts", tmp_path / "d.shp", "--district", "110108")
    shape = sweep("init", "shape", "--folder", tmp_path, "--osm", BEIJING, *options, "--json")
    assert shape.exit_code == 0, shape.output
    n = [json.loads(result.stdout)["n_buildings"] for result in (whole, half, same, shape)]
    assert 0 < n[1] < n[0]
    assert n[1] == n[2] == n[3]
    copied = {p.name for p in (tmp_path / "shape").iterdir() if p.stem == "districts"}
    assert copied == {f"districts{ending}" for ending in (".shp", ".shx", ".dbf", ".prj", ".cpg")}
    assert 'clip = "110108"' in (tmp_path / "same" / "scenario.toml").read_text(encoding="utf-8")


@with_geo
def test_an_export_of_buildings_and_a_table_of_streets_make_a_scenario(sweep: Run, tmp_path: Path) -> None:
    files = ("--osm", BUND / "buildings.geojson", "--streets", BUND / "roads.geojson", "--district", "310115")
    made = sweep("init", "bund", "--folder", tmp_path, *files, "--json")
    assert made.exit_code == 0, made.output
    reply = json.loads(made.stdout)
    # 140.5 km of drivable streets in the set's description.
    assert reply["street_km"] == pytest.approx(140.5, abs=0.2)
    assert reply["main_share"] >= 0.98


@pytest.mark.slow
def test_the_made_up_city_as_tables_is_ranked_as_the_built_in_one(
    sweep: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    made = sweep("init", "x", "--made-up", "--json")
    assert made.exit_code == 0, made.output
    folder = tmp_path / "scenarios" / "x"
    reply = json.loads(sweep("validate", "x", "--json").stdout)
    assert reply["issues"] == []
    # Every file of the folder is said to be made up, and none is empty or partly set aside.
    files = {i["file"]: (i["n_used"], i["n_quarantined"]) for i in reply["inputs"]}
    assert set(files) == {p.name for p in folder.iterdir()} - {"scenario.toml"}
    assert all(n_used and not n_quarantined for n_used, n_quarantined in files.values())
    assert {n["where"] for n in reply["notes"] if n["code"] == "G307"} == {
        f"data.{i['table']}" for i in reply["inputs"]
    }
    # The same settings with city.toml for [data]: the city that is generated into the cache.
    toml = (folder / "scenario.toml").read_text(encoding="utf-8")
    before, _, after = toml.partition("[data]")
    built_in = before.replace('"x"', '"y"') + "[select]" + after.partition("[select]")[2]
    (tmp_path / "y").mkdir()
    (tmp_path / "y" / "city.toml").write_text("seed = 1\n", encoding="utf-8")
    (tmp_path / "y" / "scenario.toml").write_text(built_in.partition("# These tables")[0], encoding="utf-8")
    for name in ("x", "y"):
        assert sweep("rank", name).exit_code == 0
    for table in ("buildings.csv", "clusters.csv"):
        x, y = (Path("out", name, "rank", table).read_bytes() for name in ("x", "y"))
        assert x == y
        assert x.count(b"\n") > 20


@pytest.mark.parametrize(
    ("options", "code", "where"),
    [
        (["--bbox", "1,2,3,4"], "S110", "--bbox"),
        (["--osm", "there.osm", "--bbox", "east"], "S109", "--bbox"),
        (["--osm", "there.osm", "--bbox", "2,2,1,4"], "S109", "--bbox"),
        (["--osm", "there.osm", "--streets", "roads.geojson"], "S110", "--streets"),
        (["--osm", "not_there.osm"], "G120", "not_there.osm"),
        (["--osm", "not_there.geojson"], "G101", "not_there.geojson"),
        (["--osm", "there.osm"], "G123", "there.osm"),
        (["--made-up", "--osm", "there.osm"], "S110", "--osm"),
        (["--made-up", "--empty"], "S110", "--empty"),
        pytest.param(["--osm", str(BEIJING), "--district", "haidian"], "S104", "data.division_code", marks=with_geo),
    ],
)
def test_what_cannot_be_used_is_reported_and_nothing_is_left(
    sweep: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, options: list[str], code: str, where: str
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "there.osm").write_text("<osm", encoding="utf-8")
    result = sweep("init", "east", "--folder", tmp_path / "s", *options, "--json")
    assert result.exit_code == 2
    assert [(i["code"], i["where"]) for i in json.loads(result.stdout)["issues"]] == [(code, where)]
    assert list((tmp_path / "s").glob("*")) == []


def test_each_new_scenario_has_a_seed_of_its_own(sweep: Run, tmp_path: Path) -> None:
    seeds = []
    for name in ("one", "two"):
        assert sweep("init", name, "--folder", tmp_path).exit_code == 0
        seeds.append(load_scenario(tmp_path / name).select.draw_seed)
    assert [len(s.rpartition("-")[2]) for s in seeds] == [32, 32]
    assert len({s.rpartition("-")[2] for s in seeds}) == 2
