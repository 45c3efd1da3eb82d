"""A scenario into a database and out of it: the same bytes, and the same plans from either."""

from __future__ import annotations

import csv
import json
import shutil
from pathlib import Path

import pandas as pd
import pytest

from geodata.errors import InputError
from geodata.read.read_table import read_table
from sweep.inputs.read_tables import CITY_KEPT, RawInputs
from sweep.scenario.load_scenario import load_scenario
from sweep.store.sync.local_copy import LocalCopy
from sweep.store.sync.scenario_snapshot import input_files, take_snapshot
from tests.store.world import DIVISIONS, NUMBER, World, done, sweep, write_scenario

pytestmark = pytest.mark.slow


def files(folder: Path) -> dict[str, bytes]:
    return {
        p.relative_to(folder).as_posix(): p.read_bytes()
        for p in sorted(folder.rglob("*"))
        if p.is_file() and not p.name.endswith((".store.json", ".lock"))
    }


@pytest.fixture(scope="module")
def exported(world: World, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("exported") / "copy"
    done(sweep("store", "export", folder, store=world.url("chief")))
    return folder


def test_what_was_exported_is_what_was_imported(world: World, exported: Path) -> None:
    there, own = files(exported), files(world.scenario)
    assert {name: there[name] for name in own} == own
    assert {n.removeprefix("out/"): c for n, c in there.items() if n.startswith("out/")} == files(world.out)
    assert {n for n in there if n.startswith("_city/")} >= {"_city/leads.csv", "_city/city.osm.pbf", "_city/firms.csv"}


def test_into_and_out_of_folders_in_which_a_command_works_nothing_is_brought(world: World, exported: Path) -> None:
    scenario = load_scenario(exported)
    with LocalCopy(scenario.name, exported, exported / "out").locked():
        into = sweep("store", "import", exported, "--out", exported / "out", "--by", "C001", store=world.url("chief"))
        out_of = sweep("store", "export", exported, store=world.url("chief"))
    assert into.exit_code == out_of.exit_code == 2
    assert "S997" in into.output and "S997" in out_of.output


@pytest.mark.parametrize("column", ["法定代表人身份证号", "address"], ids=["a column of it", "a number in a cell"])
def test_a_table_with_personal_data_is_not_taken_in(exported: Path, tmp_path: Path, column: str) -> None:
    copy = Path(shutil.copytree(exported, tmp_path / "copy"))
    with (copy / CITY_KEPT / "leads.csv").open(encoding="utf-8-sig", newline="") as file:
        rows = [row | {column: "请联系11010519491231002X"} for row in csv.DictReader(file)]
    with (copy / CITY_KEPT / "leads.csv").open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)
    with pytest.raises(InputError) as refused:
        take_snapshot(load_scenario(copy))
    assert [(i.code, i.where) for i in refused.value.issues] == [("S950", "leads.csv")]


@pytest.mark.parametrize("suffixes", [(".shp", ".dbf", ".prj"), (".SHP", ".DBF", ".PRJ"), (".shp", ".DBF", ".prj")])
def test_all_files_of_a_shapefile_are_taken_in_whatever_their_case(tmp_path: Path, suffixes: tuple[str, ...]) -> None:
    settings = f'name = "s"\nday = 2026-09-16\n[data]\nstreets = "roads{suffixes[0]}"\n'
    (tmp_path / "scenario.toml").write_text(settings, encoding="utf-8")
    for name in (*(f"roads{end}" for end in suffixes), "roads.txt", "roads2.dbf"):
        (tmp_path / name).touch()
    scenario = load_scenario(tmp_path)
    raw = RawInputs(tmp_path, scenario.data, {}, pd.DataFrame(), (), (), ())
    found = [(table, place) for table, place, _ in input_files(scenario, raw)]
    assert sorted(found) == sorted(("streets", f"roads{end}") for end in suffixes)


@pytest.fixture(scope="module")
def plain(world: World, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The same city without an investigation, planned in its folder and taken into the store before that."""
    root = tmp_path_factory.mktemp("plain")
    scenario = write_scenario(root / "plain", name="plain", investigations=False)
    done(sweep("store", "import", scenario, "--out", root / "out", "--by", "C001", store=world.url("chief")))
    done(sweep("run", scenario, "--out", root / "folder", "--by", "C001"))
    done(sweep("run", "plain", "--out", root / "fetched", "--by", "C001", store=world.url("all_planner")))
    return root


def test_a_run_from_the_store_is_byte_for_byte_the_folders(world: World, plain: Path) -> None:
    (own,) = (plain / "folder" / "plain").iterdir()
    assert files(plain / "fetched" / "plain" / own.name) == files(own)


def test_what_a_run_wrote_is_in_the_store_with_its_line_of_the_log(world: World, plain: Path) -> None:
    done(sweep("store", "export", plain / "copy", "--name", "plain", store=world.url("chief")))
    (own,) = (plain / "folder" / "plain").iterdir()
    assert files(plain / "copy" / "out" / "plain") == files(plain / "folder" / "plain")
    log = (plain / "copy" / "out" / "_audit" / "plain.jsonl").read_text(encoding="utf-8").splitlines()
    assert [json.loads(line)["act"] for line in log] == ["import", "run"]
    assert own.name in log[1]
    verified = done(sweep("audit", "plain", "--out", plain / "seen", store=world.url("all_auditor")))
    assert "2" in verified.output


def test_whoever_plans_gets_blocked_buildings_and_no_investigation(world: World, tmp_path: Path) -> None:
    done(sweep("store", "export", tmp_path / "copy", "--name", "tiny", store=world.url("all_planner")))
    rows = (tmp_path / "copy" / "investigations.csv").read_text(encoding="utf-8").splitlines()
    assert rows[2:] == [f"B1,{world.blocked},,2000-01-01,"]
    other = next(d for d in DIVISIONS if d != world.division)
    done(sweep("store", "export", tmp_path / "other", "--name", "tiny", store=world.url(f"p{other}")))
    assert world.blocked not in (tmp_path / "other" / "investigations.csv").read_text(encoding="utf-8")
    assert NUMBER.encode() not in b"".join(files(tmp_path).values())


def test_the_file_of_investigations_is_written_over_by_who_has_read_it_alone(world: World, tmp_path: Path) -> None:
    world.cluster.run("createdb", "-h", str(world.cluster.folder), "-U", "postgres", "-T", "world", "another_day")
    chief, planner = (world.cluster.url(login, "another_day") for login in ("chief", "all_planner"))
    # Closed at the end of the month: on the day that the planner moves to nothing is blocked.
    own = Path(shutil.copytree(world.scenario, tmp_path / "own"))
    whole = (own / "investigations.csv").read_text(encoding="utf-8").rstrip() + "2026-09-30\n"
    (own / "investigations.csv").write_text(whole, encoding="utf-8")
    taken = ("store", "import", own, "--out", tmp_path / "out", "--by", "C001")
    # Nobody has read there what it writes over.
    (told,) = json.loads(sweep(*taken, "--json", store=chief).stdout)["issues"]
    assert (told["code"], told["where"]) == ("S942", "inputs investigations.csv")
    done(sweep(*taken, "--over", "investigations.csv=1", store=chief))
    done(sweep("store", "export", tmp_path / "theirs", "--name", "tiny", store=chief))
    (own / "investigations.csv").write_text(whole + "INV-2,B0002,,2026-09-02,\n", encoding="utf-8")
    done(sweep(*taken, store=chief))
    (tmp_path / "theirs" / "investigations.csv").write_text(whole + "INV-3,B0003,,2026-09-02,\n", encoding="utf-8")
    theirs = ("store", "import", tmp_path / "theirs", "--out", tmp_path / "theirs" / "out", "--json")
    assert "INV-2" in json.loads(sweep(*theirs, store=chief).stdout)["issues"][0]["what"]
    (own / "investigations.csv").write_text(whole, encoding="utf-8")
    done(sweep(*taken, store=chief))
    for n, login in enumerate((planner, chief)):
        copy = tmp_path / f"copy{n}"
        done(sweep("store", "export", copy, "--name", "tiny", store=planner))
        settings = copy / "scenario.toml"
        settings.write_text(settings.read_text("utf-8").replace("2026-09-16", f"2026-10-1{n}"), encoding="utf-8")
        done(sweep("store", "import", copy, "--out", copy / "out", "--by", "C002", store=login))
        done(sweep("store", "export", tmp_path / f"then{n}", "--name", "tiny", store=chief))
        assert (tmp_path / f"then{n}" / "investigations.csv").read_text(encoding="utf-8") == whole


def test_an_export_into_the_folder_of_another_scenario_is_refused(world: World, tmp_path: Path) -> None:
    other, store = tmp_path / "other", world.url("chief")
    (other / "follow_up").mkdir(parents=True)
    (other / "follow_up" / "closed.csv").write_text("mine", encoding="utf-8")
    (other / "scenario.toml").write_text('name = "mine"\nday = 2026-09-16\n', encoding="utf-8")
    for name in ("mine", "tiny"):
        (other / "scenario.toml").write_text(f'name = "{name}"\nday = 2026-09-16\n', encoding="utf-8")
        before = files(other)
        refused = sweep("store", "export", other, "--name", "tiny", "--json", store=store)
        assert [i["code"] for i in json.loads(refused.stdout)["issues"]] == ["S940"]
        assert files(other) == before
    # A folder of the scenario itself, with nothing that the store does not have, is brought up to date.
    (other / "follow_up" / "closed.csv").unlink()
    for name in ("city.toml", "scenario.toml"):
        shutil.copy(world.scenario / name, other / name)
    done(sweep("store", "export", other, "--name", "tiny", store=store))
    done(sweep("store", "export", other, "--name", "tiny", store=store))


def test_a_planner_of_one_division_gets_its_rows_alone_in_their_order(world: World, tmp_path: Path) -> None:
    done(sweep("store", "export", tmp_path / "one", "--name", "tiny", store=world.url(f"p{world.division}")))
    done(sweep("store", "export", tmp_path / "all", "--name", "tiny", store=world.url("chief")))
    for table in ("leads", "firms", "history", "building_files"):
        whole = (tmp_path / "all" / "_city" / f"{table}.csv").read_bytes().splitlines()
        own = (tmp_path / "one" / "_city" / f"{table}.csv").read_bytes().splitlines()
        left = iter(whole)
        assert own[0] == whole[0]
        assert 1 < len(own) < len(whole)
        assert all(line in left for line in own)


def test_tables_of_every_kind_are_shown_by_division(world: World, exported: Path, tmp_path: Path) -> None:
    copy = Path(shutil.copytree(exported, tmp_path / "sheets", ignore=shutil.ignore_patterns("out")))
    settings = (copy / "scenario.toml").read_text(encoding="utf-8").replace('"tiny"', '"sheets"')
    own = 'leads = "leads.xlsx"\nfirms = "firms.parquet"\n[teams]'
    (copy / "scenario.toml").write_text(settings.replace("[teams]", own), encoding="utf-8")
    tables = {t: pd.read_csv(copy / CITY_KEPT / f"{t}.csv", dtype=str) for t in ("leads", "firms")}
    tables["leads"].to_excel(copy / CITY_KEPT / "leads.xlsx", index=False)
    tables["firms"].to_parquet(copy / CITY_KEPT / "firms.parquet")
    chief, planner = world.url("chief"), world.url(f"p{world.division}")
    done(sweep("store", "import", copy, "--out", copy / "out", "--by", "C001", store=chief))
    done(sweep("store", "export", tmp_path / "all", "--name", "sheets", store=chief))
    done(sweep("store", "export", tmp_path / "one", "--name", "sheets", store=planner))
    for table, name in (("leads", "leads.xlsx"), ("firms", "firms.parquet")):
        assert (tmp_path / "all" / CITY_KEPT / name).read_bytes() == (copy / CITY_KEPT / name).read_bytes()
        whole, part = (read_table(tmp_path / w / CITY_KEPT / name, table).frame for w in ("all", "one"))
        key = {"leads": "lead_id", "firms": "uscc"}[table]
        assert 0 < len(part) < len(whole)
        assert list(part[key]) == [i for i in whole[key] if i in set(part[key])]
    again = done(sweep("store", "import", tmp_path / "one", "--out", tmp_path / "one" / "out", "--json", store=planner))
    assert json.loads(again.stdout)["written"] == []


def test_a_store_with_a_scenario_goes_back_to_no_older_schema(world: World) -> None:
    world.cluster.run("createdb", "-h", str(world.cluster.folder), "-U", "postgres", "-T", "world", "down")
    owner = world.cluster.url(database="down")
    # There is no older table that could hold it: what is there is named, and stays.
    refused = sweep("store", "setup", "--to", "base", "--url", owner, "--json")
    (issue,) = json.loads(refused.stdout)["issues"]
    assert (refused.exit_code, issue["code"], "tiny" in issue["what"]) == (2, "S985", True)
    done(sweep("store", "setup", "--url", owner))
    assert "tiny" in done(sweep("store", "status", store=world.cluster.url("chief", "down"))).output


def test_a_dump_that_is_restored_has_the_same_heads(world: World, tmp_path: Path) -> None:
    folder, dump = str(world.cluster.folder), str(world.cluster.folder / "sweep.dump")
    world.cluster.run("pg_dump", "-h", folder, "-U", "postgres", "-Fc", "-f", dump, "world")
    world.cluster.run("createdb", "-h", folder, "-U", "postgres", "restored")
    world.cluster.run("pg_restore", "-h", folder, "-U", "postgres", "-d", "restored", dump)
    log = (world.out / "_audit" / "tiny.head.json").read_text(encoding="utf-8")
    head = f"{json.loads(log)['n']}:{json.loads(log)['hash']}"
    login = world.cluster.url("all_auditor", "restored")
    done(sweep("audit", "tiny", "--out", tmp_path / "out", "--head", head, store=login))


def test_an_approval_that_is_none_is_told_by_an_import_and_set_right_by_other_commands(
    world: World, tmp_path: Path
) -> None:
    out, store = Path(shutil.copytree(world.out, tmp_path / "out")), world.url("chief")
    approval = out / "tiny" / world.plan.name / "approval.json"
    for content in ("{", "[]", '{"at": 1}'):
        approval.write_text(content, encoding="utf-8")
        told = sweep("store", "import", world.scenario, "--out", out, "--by", "C001", "--json", store=store)
        assert [(i["code"], i["where"]) for i in json.loads(told.stdout)["issues"]] == [("S802", str(approval))]
        done(sweep("audit", "tiny", "--out", out, store=store))
        assert files(out / "tiny") == files(world.out / "tiny")


def test_what_was_changed_in_the_folder_past_the_commands_is_set_right(world: World, tmp_path: Path) -> None:
    store, out = world.url("all_planner"), tmp_path / "out"
    done(sweep("audit", "tiny", "--out", out, store=store))
    plan = out / "tiny" / world.plan.name
    (plan / "map.html").write_text("mine", encoding="utf-8")
    shutil.copytree(plan, out / "tiny" / "0123456789ab")
    log = out / "_audit" / "tiny.jsonl"
    log.write_bytes(log.read_bytes() + b"{}\n")
    done(sweep("audit", "tiny", "--out", out, store=store))
    assert files(out / "tiny") == files(world.out / "tiny")
