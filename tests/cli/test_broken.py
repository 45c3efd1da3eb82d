"""Every file of tests/data/broken in a scenario: its code with its place and its mend, and no traceback."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import geopandas as gpd
import pytest

from tests.paths import BROKEN

Run = Any  # of conftest.py

# By the word in the file's name: the key of [data] that it stands for.
KEYS = {"street_lines": "streets", "osm": "buildings"}
# A bad row of these is set aside, and the run goes on; every other fault stops it.
SET_ASIDE = {"firms", "leads", "history", "street_lines", "water"}
ROW_CODES = ("G108", *(f"G2{n:02}" for n in range(1, 28)))


@pytest.fixture(scope="module")
def small(tables: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The city's tables, with a few rows of the long ones."""
    folder = Path(shutil.copytree(tables, tmp_path_factory.mktemp("small") / "small"))
    for name in ("firms", "leads", "history"):
        file = folder / f"{name}.csv"
        lines = file.read_text(encoding="utf-8").splitlines(keepends=True)
        file.write_text("".join(lines[:60]), encoding="utf-8")
    scenario = folder / "scenario.toml"
    # The roster keeps away from firms that are not among the few.
    scenario.write_text(scenario.read_text(encoding="utf-8").replace("[teams]", "[teams]\nrecusals_elsewhere = true"))
    # So that a building file that names none of them is the only fault.
    gpd.read_file(folder / "buildings.gpkg").assign(division_code="370102").to_file(folder / "buildings.gpkg")
    return folder


@pytest.mark.parametrize("path", sorted(BROKEN.iterdir()), ids=lambda path: path.name)
def test_a_broken_file_is_reported_with_its_place_and_its_mend(
    sweep: Run, small: Path, tmp_path: Path, path: Path
) -> None:
    folder = Path(shutil.copytree(small, tmp_path / "small"))
    shutil.copyfile(path, folder / path.name)
    code, table = path.name[:4], path.name.split(".")[1]
    if code in ("G121", "G122", "G123", "G124") and table == "osm":
        result = sweep("init", "new", "--folder", tmp_path / "new", "--osm", path, "--json")
    else:
        key = "streets" if code == "G125" else KEYS.get(table, table)
        result = sweep("validate", folder, "--set", f'data.{key}="{path.name}"', "--json")
    assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
    reply = json.loads(result.stdout)
    all_issues = [*reply["issues"], *reply.get("quarantine", [])]
    mine = [issue for issue in all_issues if issue["code"] == code]
    assert mine, all_issues
    assert all(issue["where"].split(" ")[0] in (path.name, "district.osm.pbf") for issue in mine)
    assert all(issue["what"] and issue["fix"] for issue in mine)
    assert (result.exit_code == 2) == bool(reply["issues"])
    if not (table in SET_ASIDE and code in ROW_CODES) and code != "G222" and code != "G203":
        assert code in {issue["code"] for issue in reply["issues"]}
