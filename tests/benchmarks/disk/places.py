"""A folder in which every command has been called, and what must hold of it whatever happens."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import tempfile
from datetime import date
from pathlib import Path

from typer.testing import CliRunner

from geodata.read.osm.buildings_and_streets import read_osm_buildings
from sweep.cli.main import app
from sweep.made_up.city_cache import city_folder
from sweep.made_up.settings.city import SyntheticCitySettings
from tests.cli.conftest import CITY, DATA, HEAD, PEOPLE, TAIL
from tests.kills import call, left_over
from tests.used import use_everything

# So that `sweep purge` has something to remove, and all else stands.
_OLD = "aaaaaaaaaaaa"


def work_folder() -> Path:
    """A temporary folder that also takes the place of the user's cache."""
    work = Path(tempfile.mkdtemp(prefix="sweep-bench-"))
    os.environ["XDG_CACHE_HOME"] = str(work / "cache")
    return work


def used_place(work: Path) -> Path:
    """A folder after every command that writes, with old orders and an old export beside."""
    city = city_folder(SyntheticCitySettings(day=date(2026, 9, 16), **CITY, **PEOPLE))
    tables = work / "tables"
    shutil.copytree(city, tables)
    read_osm_buildings(tables / "city.osm.pbf").to_file(tables / "buildings.gpkg")
    (tables / "scenario.toml").write_text(HEAD + DATA + TAIL, encoding="utf-8")
    runner = CliRunner()
    place = use_everything(work / "used", tables, lambda *a: runner.invoke(app, [str(x) for x in a]))
    out = place / "out" / "tiny"
    (out / f"{_OLD}.orders").mkdir()
    (out / f"{_OLD}.orders" / "A.sealed.html").write_text("order", encoding="utf-8")
    (out / "exports" / f"tiny-{_OLD}.csv").write_text("stops", encoding="utf-8")
    for path in (out / f"{_OLD}.orders", out / "exports" / f"tiny-{_OLD}.csv"):
        os.utime(path, (0, 0))
    return place


def unsound(place: Path, work: Path) -> list[str]:
    """Whatever is not whole: editions, leftovers, the log."""
    verified = call(("audit", "--out", place / "out"))
    bad = [] if verified.code == 0 else [verified.text]
    for path in sorted((place / "out" / "tiny").glob("*/manifest.json")):
        for name, listed in json.loads(path.read_text(encoding="utf-8")).get("outputs", {}).items():
            file = path.parent / name
            if not file.is_file() or hashlib.sha256(file.read_bytes()).hexdigest() != listed["sha256"]:
                bad.append(f"{file} is not what the manifest says")
    return bad + left_over(place, work / "cache" / "sweep")


def names(place: Path) -> set[str]:
    """Every file and folder."""
    return {p.relative_to(place).as_posix() for p in place.rglob("*")}
