"""A small city in four districts, its scenario in a folder and in a database, and logins of every role."""

from __future__ import annotations

import csv
import shutil
from dataclasses import dataclass, replace
from pathlib import Path
from typing import cast

from click.testing import Result
from typer.testing import CliRunner

from sweep.audit.audit_log import log_of_scenario
from sweep.audit.hash_chain import Json
from sweep.cli.main import app
from sweep.made_up.city_cache import city_folder
from sweep.made_up.settings.city import SyntheticCitySettings
from sweep.scenario.load_scenario import load_scenario
from sweep.store.postgres.connections import open_engine, transaction
from sweep.store.postgres.users import User, add_user
from sweep.store.store_records import LogEntry
from sweep.store.sync.local_copy import LocalCopy
from tests.store.cluster import Cluster

NUMBER = "INV-7431"
SCENARIO = """name = "tiny"
day = 2026-09-16
lang = "en"
seed = 1
[data]
investigations = "investigations.csv"
[teams]
n_teams = 4
[solver]
iterations = 200
"""
CITY = """seed = 3
n_buildings = 40
n_dens = 8
n_leads = 90
n_police = 32
n_market_regulation = 16
n_auxiliary = 6
"""
DIVISIONS = ("370102", "370103", "370104", "370105")
USERS = (
    User("chief", ("planner", "investigator", "approver"), ("*",)),
    User("all_planner", ("planner",), ("*",)),
    User("all_approver", ("approver",), ("*",)),
    User("all_auditor", ("auditor",), ("*",)),
    *(User(f"p{d}", ("planner",), (d,)) for d in DIVISIONS),
    *(User(f"i{d}", ("investigator",), (d,)) for d in DIVISIONS),
    User("bureau", ("market_regulation",), ("*",)),
    User("owner", ("property",), ("*",)),
    User("anyone", ("public",), ("*",)),
    User("nobody_anywhere", ("planner",), ()),
)


def log_line(mirror: LocalCopy, line: LogEntry) -> None:
    """Add a line to the audit log beside a mirror's editions, as a command does."""
    facts = cast("dict[str, Json]", dict(line.facts))
    log_of_scenario(mirror.out, mirror.name).append(line.at, line.who, line.act, facts)


@dataclass(frozen=True)
class World:
    """A database with the scenario in it, and the folder that it came from."""

    cluster: Cluster
    database: str
    scenario: Path
    out: Path
    blocked: str
    """The building under investigation."""
    division: str
    """Its division."""

    def url(self, login: str) -> str:
        return self.cluster.url(login, self.database)

    @property
    def plan(self) -> Path:
        return next((self.out / "tiny").glob("*/plan.json")).parent


def sweep(*arguments: object, store: str | None = None) -> Result:
    """Call the command as from a shell, with SWEEP_STORE set or not."""
    return CliRunner(env={"SWEEP_STORE": store}).invoke(app, [str(a) for a in arguments])


def done(result: Result) -> Result:
    if result.exception is not None and not isinstance(result.exception, SystemExit):
        raise result.exception
    assert result.exit_code == 0, result.output
    return result


def write_scenario(folder: Path, name: str = "tiny", *, investigations: bool = True) -> Path:
    folder.mkdir(parents=True)
    (folder / "city.toml").write_text(CITY, encoding="utf-8")
    data = '[data]\ninvestigations = "investigations.csv"\n'
    text = SCENARIO.replace('"tiny"', f'"{name}"')
    (folder / "scenario.toml").write_text(text if investigations else text.replace(data, ""), encoding="utf-8")
    return folder


def investigated(scenario: Path) -> tuple[str, str]:
    """A building of the city, and its division."""
    read = load_scenario(scenario)
    city = city_folder(SyntheticCitySettings(**{**(read.city.model_dump() if read.city else {}), "day": read.day}))
    with (city / "building_files.csv").open(encoding="utf-8-sig", newline="") as file:
        first = next(csv.DictReader(file))
    return first["building_id"], first["division_code"]


def new_database(cluster: Cluster, template: str, name: str) -> str:
    cluster.run("createdb", "-h", str(cluster.folder), "-U", "postgres", "-T", template, name)
    with transaction(open_engine(cluster.url(database=name)), is_admin=True) as connection:
        for user in USERS:
            add_user(connection, user)
    return name


def copy_of(world: World, template_of: str, database: str, folder: Path) -> World:
    """The same world again, for a test that changes it."""
    world.cluster.run("createdb", "-h", str(world.cluster.folder), "-U", "postgres", "-T", template_of, database)
    shutil.copytree(world.scenario, folder / "tiny")
    shutil.copytree(world.out, folder / "out")
    return replace(world, database=database, scenario=folder / "tiny", out=folder / "out")
