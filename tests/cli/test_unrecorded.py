"""Editions that no run produced: every command that reads one refuses it, with exit 3."""

from __future__ import annotations

import ast
import hashlib
import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from geodata.errors import InputError
from sweep.board.day_clock import DayClock
from sweep.board.open_board import BoardOptions, open_board
from sweep.campaign.pages import campaign_list
from tests.recorded import copy_with_log

pytestmark = pytest.mark.usefixtures("prepared_once")

FORGED = "bbbbbbbbbbbb"
Forge = Callable[[Path], Path]


def forged(edition: Path, folder: Path) -> Path:
    """A copy under a new id with another address of the first stop, its manifest computed again."""
    shutil.copytree(edition, folder)
    for path in folder.rglob("*"):
        if path.suffix in (".json", ".html"):
            path.write_text(path.read_text("utf-8").replace(edition.name, folder.name), "utf-8")
    stop = next(r for r in json.loads((edition / "plan.json").read_text("utf-8"))["routes"] if r["stops"])["stops"][0]
    text = (folder / "edition.json").read_text("utf-8")
    assert stop["address"] in text
    (folder / "edition.json").write_text(text.replace(stop["address"], "改到别处路999号"), "utf-8")
    manifest = json.loads((folder / "manifest.json").read_text("utf-8"))
    for name in manifest["outputs"]:
        content = (folder / name).read_bytes()
        manifest["outputs"][name] = {"sha256": hashlib.sha256(content).hexdigest(), "n_bytes": len(content)}
    (folder / "manifest.json").write_text(json.dumps(manifest), "utf-8")
    return folder


def under_a_new_id(edition: Path) -> Path:
    return forged(edition, edition.parent / FORGED)


def in_another_scenario(edition: Path) -> Path:
    return forged(edition, edition.parent.parent / "other" / FORGED)


def copied_to_another_scenario(edition: Path) -> Path:
    """The sound edition itself, in a folder whose log does not know it."""
    return Path(shutil.copytree(edition, edition.parent.parent / "other" / edition.name))


def without_its_log(edition: Path) -> Path:
    shutil.rmtree(edition.parent.parent / "_audit")
    return edition


@pytest.fixture
def edition(planned: Any, tmp_path: Path) -> Path:
    return copy_with_log(planned.folder, tmp_path / "out" / "tiny" / planned.folder.name)


@pytest.mark.parametrize(
    "forge",
    [under_a_new_id, in_another_scenario, copied_to_another_scenario, without_its_log],
    ids=lambda f: f.__name__,
)
def test_no_command_takes_an_edition_that_the_log_does_not_know(
    edition: Path, planned: Any, sweep: Any, forge: Forge, tmp_path: Path
) -> None:
    folder, out = forge(edition), tmp_path / "out"
    building = next(s["building_id"] for r in planned.plan["routes"] for s in r["stops"])
    before = {p for p in tmp_path.rglob("*") if not p.name.endswith(".lock")}
    for command in (
        ("check", planned.scenario, folder),
        ("approve", folder, "--by", "D07"),
        ("orders", folder, "--seal"),
        ("release", planned.scenario, folder, "--class", "public"),
        ("export", folder, "--format", "csv", "--out", out),
        ("export", folder, "--format", "csv", "--out", out, "--scenario", planned.scenario),
        ("results", planned.scenario, folder, folder / "plan.json"),
        ("replan", folder, "--at", "14:20", "--iterations", "5"),
        ("explain", planned.scenario, folder),
        ("explain", planned.scenario, folder, building),
        ("compare", edition, folder, "--out", out),
    ):
        result = sweep(*command)
        assert (result.exit_code, "S817" in result.output + result.stderr) == (3, True), (command, result.output)
    assert {p for p in tmp_path.rglob("*") if not p.name.endswith(".lock")} - before <= {out / "_audit"}


@pytest.mark.parametrize("forge", [under_a_new_id, without_its_log], ids=lambda f: f.__name__)
def test_no_board_opens_an_edition_that_the_log_does_not_know(edition: Path, forge: Forge) -> None:
    wanted = BoardOptions(forge(edition), DayClock(), 900, "https://board.test", "P000", campaign_list)
    with pytest.raises(InputError) as refused, open_board(wanted):
        pass
    assert [i.code for i in refused.value.issues] == ["S817"]


def test_an_edition_copied_together_with_its_log_is_taken(edition: Path, planned: Any, sweep: Any) -> None:
    assert sweep("check", planned.scenario, edition).exit_code == 0
    assert sweep("approve", edition, "--by", "D07").exit_code == 0


def test_an_edition_is_read_through_one_door() -> None:
    """`read_edition` asks no log: only `open_edition` may call it."""
    callers = set()
    for path in Path("sweep").rglob("*.py"):
        tree = ast.parse(path.read_text("utf-8"))
        imported = {alias.name for n in ast.walk(tree) if isinstance(n, ast.ImportFrom) for alias in n.names}
        imported |= {n.attr for n in ast.walk(tree) if isinstance(n, ast.Attribute)}
        if "read_edition" in imported:
            callers.add(path.as_posix())
    assert callers == {"sweep/publish/archive/check_editions_against_log.py"}
