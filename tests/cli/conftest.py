"""A city of forty buildings, planned once; and the same city as plain files, to be spoilt one at a time."""

from __future__ import annotations

import csv
import html
import io
import json
import os
import re
import shutil
import sqlite3
import zipfile
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from click.testing import Result
from typer.testing import CliRunner

from geodata.read.osm.buildings_and_streets import read_osm_buildings
from sweep.cli.main import app
from sweep.inputs.load_inputs import load_inputs
from sweep.inputs.matched_inputs import Inputs
from sweep.jobs import review_and_explain
from sweep.jobs.stages.plan_inputs_record import PlanInputs, rank_and_select
from sweep.made_up.city_cache import city_folder
from sweep.made_up.settings.city import SyntheticCitySettings
from sweep.publish.orders import encrypted_order
from sweep.records.visits import Visit
from sweep.scenario.scenario import Scenario
from tests.known import tables_known as tables_known
from tests.once import made_once
from tests.recorded import copy_with_log
from tests.used import use_everything

CITY = {"seed": 3, "n_buildings": 40, "n_dens": 8, "n_leads": 90}
PEOPLE = {"n_police": 32, "n_market_regulation": 16, "n_auxiliary": 6}
HEAD = 'name = "tiny"\nday = 2026-09-16\nlang = "en"\nseed = 1\n'
TAIL = "[teams]\nn_teams = 4\n[solver]\niterations = 200\n"
DATA = """[data]
buildings = "buildings.gpkg"
building_files = "building_files.csv"
streets = "city.osm.pbf"
history = "history.csv"
"""

Run = Callable[..., Result]


@dataclass(frozen=True)
class Planned:
    """A scenario and the edition made from it."""

    scenario: Path
    folder: Path
    result: Result
    city: Path

    @property
    def plan(self) -> dict[str, Any]:
        return dict(json.loads((self.folder / "plan.json").read_text(encoding="utf-8")))

    def table(self, name: str) -> list[dict[str, str]]:
        """Rows of one of the city's files."""
        return _rows(self.city / f"{name}.csv")


@dataclass(frozen=True)
class Plain:
    """A scenario of plain files that a test may spoil."""

    folder: Path

    def rows(self, table: str) -> list[dict[str, str]]:
        return _rows(self.folder / f"{table}.csv")

    def write(self, table: str, rows: list[dict[str, str]], encoding: str = "utf-8") -> None:
        with (self.folder / f"{table}.csv").open("w", encoding=encoding, newline="") as file:
            writer = csv.DictWriter(file, list(rows[0]))
            writer.writeheader()
            writer.writerows(rows)


def _rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


@pytest.fixture(scope="session", autouse=True)
def cache(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """Cities and roads are kept here, not in the user's cache."""
    with pytest.MonkeyPatch.context() as patch:
        folder = made_once(tmp_path_factory, "cache", lambda _: None)
        patch.setenv("XDG_CACHE_HOME", str(folder))
        yield folder


@pytest.fixture(scope="package", autouse=True)
def quick_keys() -> Iterator[None]:
    """Orders are sealed with a key that is soon made; tests/publish and tests/browser have the true one."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(encrypted_order, "ITERATIONS", 1_000)
        yield


@pytest.fixture(scope="session")
def sweep() -> Run:
    """Call the command as from a shell."""

    def call(*arguments: object) -> Result:
        return CliRunner().invoke(app, [str(a) for a in arguments])

    return call


@pytest.fixture(scope="session")
def scenario(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("scenarios") / "tiny"
    folder.mkdir()
    city = "".join(f"{k} = {v}\n" for k, v in (CITY | PEOPLE).items())
    (folder / "city.toml").write_text(city, encoding="utf-8")
    (folder / "scenario.toml").write_text(f"{HEAD}{TAIL}", encoding="utf-8")
    return folder


@pytest.fixture(scope="session")
def planned(sweep: Run, scenario: Path, city: Path, tmp_path_factory: pytest.TempPathFactory) -> Planned:
    out = tmp_path_factory.mktemp("out")
    result = sweep("run", scenario, "--out", out)
    assert result.exit_code == 0, result.output
    (folder,) = (out / "tiny").iterdir()
    return Planned(scenario, folder, result, city)


@pytest.fixture
def copied(planned: Planned, tmp_path: Path) -> Path:
    """The planned edition for one test, with its log; what a command writes lies next to it."""
    return copy_with_log(planned.folder, tmp_path / planned.folder.name)


@pytest.fixture(scope="module")
def prepared_once() -> Iterator[None]:
    """A scenario that stays as it is through a file of tests is read and ranked once for all plans judged by it."""
    known: list[tuple[object, Inputs, PlanInputs]] = []

    def load(scenario: Scenario) -> Inputs:
        return next((inputs for of, inputs, _ in known if of == scenario), None) or load_inputs(scenario)

    def prepare(scenario: Scenario, inputs: Inputs, urgent: Sequence[Visit] = ()) -> PlanInputs:
        found = next((p for of, i, p in known if of == scenario and i is inputs), None) if not urgent else None
        prepared = found or rank_and_select(scenario, inputs, urgent)
        if found is None and not urgent:
            known.append((scenario, inputs, prepared))
        return prepared

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(review_and_explain, "load_inputs", load)
        patch.setattr(review_and_explain, "rank_and_select", prepare)
        yield


@pytest.fixture(scope="session")
def city(cache: Path) -> Path:
    """The folder of the made-up city."""
    return city_folder(SyntheticCitySettings(day=date(2026, 9, 16), **CITY, **PEOPLE))


@pytest.fixture(scope="session")
def tables(city: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The city's tables as a user would have them."""

    def write(folder: Path) -> None:
        shutil.copytree(city, folder, dirs_exist_ok=True)
        read_osm_buildings(folder / "city.osm.pbf").to_file(folder / "buildings.gpkg")
        (folder / "scenario.toml").write_text(HEAD + DATA + TAIL, encoding="utf-8")

    return made_once(tmp_path_factory, "plain", write)


@pytest.fixture(scope="session")
def used(tables: Path, sweep: Run, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Every command that writes has been called in this folder, with files that are the user's alone."""

    def use(place: Path) -> None:
        before = os.umask(0o077)
        try:
            with pytest.MonkeyPatch.context() as patch:
                patch.setenv("XDG_CACHE_HOME", str(place / "cache"))
                use_everything(place, tables, sweep)
        finally:
            os.umask(before)

    return made_once(tmp_path_factory, "used", use)


@pytest.fixture
def plain(tables: Path, tmp_path: Path) -> Plain:
    """A copy for one test."""
    return Plain(Path(shutil.copytree(tables, tmp_path / "plain")))


@pytest.fixture(scope="session")
def grep() -> Callable[[Path, set[str]], set[tuple[Path, str]]]:
    """File and word, wherever a word stands in a file of a folder: in archives, workbooks and databases too."""
    return _grep


def _texts(content: bytes) -> Iterator[str]:
    """Every text in a file; written apart from the program's own last look."""
    if content[:2] == b"PK":
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            for name in archive.namelist():
                yield from (name, *_texts(archive.read(name)))
    elif content[:6] == b"SQLite":
        with sqlite3.connect(":memory:") as base:
            base.deserialize(content)
            yield from base.iterdump()
        base.close()
    else:
        # What is sealed has every short word in it by chance, one day.
        yield html.unescape(re.sub("[A-Za-z0-9+/=]{1000,}", "", content.decode("utf-8", "replace")))


def _grep(folder: Path, words: set[str]) -> set[tuple[Path, str]]:
    found = set()
    for path in sorted(p for p in folder.rglob("*") if p.is_file()):
        text = "\n".join([path.name, *_texts(path.read_bytes())])
        found |= {(path, word) for word in words if word in text}
    return found


@pytest.fixture(scope="session")
def secret_targets(planned: Planned) -> list[dict[str, str]]:
    """What the plan of the whole city would visit first: a building, and a firm of another; one row stands twice."""
    stops = [s for r in planned.plan["routes"] for s in r["stops"] if s["track"] == "case"]
    best = sorted({s["building_id"]: s["value"] for s in stops}.items(), key=lambda pair: -pair[1])
    firm = next(f for f in planned.table("firms") if f["building_id"] == best[1][0])
    return [
        {"investigation_id": "ZC-0147", "building_id": best[0][0], "uscc": "", "opened_on": "2026-09-10"},
        {"investigation_id": "ZC-0151", "building_id": best[1][0], "uscc": firm["uscc"], "opened_on": "2026-09-12"},
        {"investigation_id": "ZC-0151", "building_id": best[1][0], "uscc": firm["uscc"], "opened_on": "2026-09-12"},
    ]  # fmt: skip


@pytest.fixture(scope="session")
def secret_scenario(
    tables: Path, secret_targets: list[dict[str, str]], tmp_path_factory: pytest.TempPathFactory
) -> Path:
    """
    The city with a file of investigations, and leads that each say something nobody else says.

    Among the leads: one without a date, one of the future, one twice, one at no known place.
    """

    def write(folder: Path) -> None:
        city = Plain(Path(shutil.copytree(tables, folder, dirs_exist_ok=True)))
        leads = city.rows("leads")
        for n, lead in enumerate(leads):
            lead["address"] = f"{lead['address']}（{lead_words(n)}）"
        leads += [
            leads[0] | {"lead_id": "L9001", "received_at": "soon"},
            leads[1] | {"lead_id": "L9002", "received_at": "2031-01-01"},
            leads[2],
            leads[3]
            | {"lead_id": "L9004", "building_id": "", "uscc": "", "address": f"无名路999号（{lead_words(9004)}）"},
        ]
        city.write("leads", leads)
        city.write("investigations", secret_targets)
        toml = city.folder / "scenario.toml"
        text = toml.read_text(encoding="utf-8").replace("[data]\n", '[data]\ninvestigations = "investigations.csv"\n')
        toml.write_text(text, encoding="utf-8")

    return made_once(tmp_path_factory, "tiny", write)


def lead_words(n: int) -> str:
    """What the caller of the n-th lead said; no other text of the city has such words."""
    return f"线人甲{n:04d}称夜里有人"


@pytest.fixture(scope="session")
def secret_edition(secret_scenario: Path, sweep: Run, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The edition of the city with investigations, all handouts beside it."""

    def publish(out: Path) -> None:
        result = sweep("run", secret_scenario, "--out", out)
        assert result.exit_code == 0, result.output
        (folder,) = (out / "tiny").iterdir()
        options = [o for c in ("market_regulation", "property", "public") for o in ("--class", c)]
        result = sweep("release", secret_scenario, folder, *options, "--by", "D07")
        assert result.exit_code == 0, result.output

    out = made_once(tmp_path_factory, "secret_out", publish)
    return next(p.parent for p in (out / "tiny").glob("*/plan.json"))
