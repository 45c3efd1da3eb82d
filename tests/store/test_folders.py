"""Exported folders carry the revisions that they hold: no stale copy replaces a later change."""

from __future__ import annotations

import json
import random
import shutil
from dataclasses import dataclass
from pathlib import Path

import psycopg
import pytest

from geodata.errors import InputError
from sweep.store.sync.import_scenario import export_scenario
from tests.pins_file import add_pins
from tests.seeds import over_seeds
from tests.store.cluster import Cluster
from tests.store.folders import Folder, Game
from tests.store.world import World, done, new_database, sweep


@pytest.fixture(scope="module")
def database(cluster: Cluster, template: str) -> str:
    return new_database(cluster, template, "folders")


@pytest.mark.slow
@over_seeds(range(3), n_fast=1)
def test_no_edit_is_lost_whatever_the_order_of_exports_edits_imports_and_commands(
    seed: int, cluster: Cluster, database: str, tmp_path: Path
) -> None:
    room = tmp_path / str(seed)
    with psycopg.connect(cluster.url(database=database), autocommit=True) as owner:
        game = Game(f"g{seed}", lambda login: cluster.url(login, database), room, random.Random(seed), owner)
        assert game.play(60) == []
    # A game may end without an import that was accepted; the first does not.
    assert seed > 0 or game.n_saved > 0


@dataclass(frozen=True)
class Office:
    """A database of a test's own, with the scenario in it."""

    world: World
    database: str
    room: Path

    def url(self, login: str) -> str:
        return self.world.cluster.url(login, self.database)

    def export(self, login: str, name: str) -> Path:
        done(sweep("store", "export", self.room / name, "--name", "tiny", store=self.url(login)))
        return self.room / name

    def codes(self, *command: object, login: str) -> list[tuple[str, str]]:
        result = sweep(*command, "--json", store=self.url(login))
        assert result.exit_code == 2, result.output
        return [(issue["code"], issue["where"]) for issue in json.loads(result.stdout)["issues"]]

    def text(self, login: str, name: str) -> str:
        fresh = self.export(login, f"look{len(list(self.room.iterdir()))}")
        return (fresh / name).read_text(encoding="utf-8")


@pytest.fixture
def office(world: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Office:
    # Commands without --out work in ./out, as the documentation has them.
    monkeypatch.chdir(tmp_path)
    database = f"o{abs(hash(tmp_path)) % 10**9}"
    world.cluster.run("createdb", "-h", str(world.cluster.folder), "-U", "postgres", "-T", world.database, database)
    return Office(world, database, tmp_path)


@pytest.mark.slow
def test_a_stale_export_takes_nothing_of_another_planner_back(office: Office) -> None:
    """As in the trial: both export, one imports, the other runs a command, then imports the old export."""
    first, second = office.export("chief", "first"), office.export("all_planner", "second")
    leads = second / "_city" / "leads.csv"
    rows = leads.read_bytes().splitlines(keepends=True)
    leads.write_bytes(b"".join([*rows[:1], *rows[2:]]))
    add_pins(second, f"never,{office.world.blocked},")
    done(sweep("store", "import", second, "--by", "C002", store=office.url("all_planner")))
    done(sweep("audit", "tiny", store=office.url("chief")))
    # Nothing was changed in the stale folder: nothing is written.
    done(sweep("store", "import", first, "--by", "C001", store=office.url("chief")))
    assert office.world.blocked in office.text("chief", "pins.csv")
    # Changes in both are conflicts, in the settings and in the rows.
    (first / "scenario.toml").write_text((first / "scenario.toml").read_text("utf-8") + "# mine\n", "utf-8")
    (first / "_city" / "leads.csv").write_bytes(b"".join([*rows[:2], *rows[3:]]))
    told = office.codes("store", "import", first, "--by", "C001", login="chief")
    assert told == [("S942", "settings scenario.toml"), ("S942", "inputs _city/leads.csv")]
    assert office.text("chief", "_city/leads.csv").encode() == b"".join([*rows[:1], *rows[2:]])


@pytest.mark.slow
def test_an_import_counts_as_read_what_it_brought_and_nothing_else(office: Office) -> None:
    first, second = office.export("chief", "first"), office.export("all_planner", "second")
    add_pins(second, f"never,{office.world.blocked},")
    done(sweep("store", "import", second, "--by", "C002", store=office.url("all_planner")))
    leads = first / "_city" / "leads.csv"
    leads.write_bytes(b"".join(leads.read_bytes().splitlines(keepends=True)[:-1]))
    done(sweep("store", "import", first, "--by", "C001", store=office.url("chief")))
    # The settings were not brought: they are still those of before.
    (first / "scenario.toml").write_text((first / "scenario.toml").read_text("utf-8") + "# mine\n", "utf-8")
    told = office.codes("store", "import", first, "--by", "C001", login="chief")
    assert told == [("S942", "settings scenario.toml")]


@pytest.mark.slow
def test_a_file_that_a_folder_lacks_is_deleted_from_the_store_only_if_that_is_asked(office: Office) -> None:
    folder = office.export("chief", "own")
    settled = f"table,key,building_id\nleads,L00001,{office.world.blocked}\n"
    (folder / "assign.csv").write_text(settled, "utf-8")
    take_in = ("store", "import", folder, "--by", "C001")
    done(sweep(*take_in, store=office.url("chief")))
    (folder / "assign.csv").unlink()
    kept = done(sweep(*take_in, store=office.url("chief")))
    assert "assign.csv" in kept.output
    assert office.text("chief", "assign.csv") == settled
    stale = office.export("all_planner", "stale")
    gone = done(sweep(*take_in, "--delete", store=office.url("chief")))
    assert "assign.csv" not in gone.output
    assert not (office.export("chief", "after") / "assign.csv").exists()
    # A folder that has it still, unchanged, does not bring it back.
    done(sweep("store", "import", stale, "--by", "C002", store=office.url("all_planner")))
    assert not (office.export("chief", "again") / "assign.csv").exists()


def test_an_export_leaves_a_file_alone_that_was_changed_and_is_not_in_the_store_yet(office: Office) -> None:
    folder = office.export("chief", "own")
    add_pins(folder, f"never,{office.world.blocked},")
    before = (folder / "scenario.toml").read_bytes()
    told = office.codes("store", "export", folder, "--name", "tiny", login="chief")
    assert told == [("S940", str(folder / "scenario.toml"))]
    assert (folder / "scenario.toml").read_bytes() == before
    done(sweep("store", "import", folder, "--by", "C001", store=office.url("chief")))
    office.export("chief", "own")
    (folder / "investigations.csv").write_text("investigation_id,building_id,uscc,opened_on,closed_on\n", "utf-8")
    told = office.codes("store", "export", folder, "--name", "tiny", login="chief")
    assert told == [("S940", str(folder / "investigations.csv"))]


def test_the_revisions_of_one_login_are_none_of_another_who_sees_other_rows(
    cluster: Cluster, database: str, tmp_path: Path
) -> None:
    with psycopg.connect(cluster.url(database=database), autocommit=True) as owner:
        game = Game("part", lambda login: cluster.url(login, database), tmp_path, random.Random(1), owner)
        game.bring(game.folders[0])
        part = tmp_path / "part_export" / "part"
        export_scenario(game.url("p370102"), "part", part)
        # A login with all divisions would delete the rows of all others with it.
        with pytest.raises(InputError) as told:
            game.bring(Folder("chief", part))
    assert [(i.code, i.where) for i in told.value.issues] == [("S942", "inputs leads.csv")]


def test_a_copy_under_another_name_is_another_scenario(office: Office) -> None:
    copy = Path(shutil.copytree(office.export("chief", "own"), office.room / "copy"))
    settings = (copy / "scenario.toml").read_text(encoding="utf-8").replace('"tiny"', '"other"')
    (copy / "scenario.toml").write_text(settings, encoding="utf-8")
    done(sweep("store", "import", copy, "--out", office.room / "none", "--by", "C001", store=office.url("chief")))
    assert '"other"' in (office.room / "copy" / "scenario.toml").read_text(encoding="utf-8")


def test_a_row_that_is_of_no_division_of_its_writer_is_named_with_its_file(office: Office) -> None:
    login = f"p{office.world.division}"
    folder = office.export(login, "own")
    leads = folder / "_city" / "leads.csv"
    lines = leads.read_text(encoding="utf-8").splitlines()
    head = lines[0].split(",")
    cells = lines[2].split(",")
    for name in ("address", "building_id", "lon", "lat"):
        if name in head:
            cells[head.index(name)] = "nowhere at all" if name == "address" else ""
    lines[2] = ",".join(cells)
    leads.write_text("\n".join(lines) + "\n", encoding="utf-8")
    assert office.codes("store", "import", folder, "--by", "C001", login=login) == [("S852", "_city/leads.csv row 3")]


def test_a_planner_who_may_not_write_investigations_is_told_who_may(office: Office) -> None:
    folder = office.export("chief", "own")
    told = office.codes("store", "import", folder, "--by", "C001", login="all_planner")
    assert told == [("S855", "investigations.csv")]
    # What a planner was shown in their place is no file of investigations.
    done(
        sweep(
            "store", "import", office.export("all_planner", "theirs"), "--by", "C001", store=office.url("all_planner")
        )
    )
