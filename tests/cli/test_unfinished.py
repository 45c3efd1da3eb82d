"""A scenario or a folder of editions that another person made: its `.sweep` makes no command leave the folder."""

from __future__ import annotations

import random
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.cli.conftest import Plain, Planned, Run
from tests.hostile_journals import make_outside, snapshot, stage_in, write_journal


@pytest.fixture
def outside(tmp_path: Path) -> Path:
    return make_outside(tmp_path / "outside")


@pytest.fixture
def edition(planned: Planned, tmp_path: Path) -> Path:
    """The edition where a run has put it, with its log."""
    shutil.copytree(planned.folder.parent.parent, tmp_path / "out")
    return tmp_path / "out" / "tiny" / planned.folder.name


def plant(place: Path, outside: Path) -> None:
    """A journal that would write, and one that would steal."""
    stage = stage_in(place, random.Random(1))
    write_journal(stage, {"0/p": str(outside / "victim"), str(outside / "secret"): "stolen"})


READING: dict[str, Callable[[Path, Path], tuple[object, ...]]] = {
    "validate": lambda scenario, _: ("validate", scenario),
    "check": lambda scenario, edition: ("check", scenario, edition),
    "explain": lambda scenario, edition: ("explain", scenario, edition),
    "purge": lambda scenario, edition: ("purge", scenario, "--out", edition.parent.parent),
    "audit verify": lambda _, edition: ("audit", "tiny", "--out", edition.parent.parent),
}


@pytest.mark.parametrize("name", READING)
@pytest.mark.parametrize("where", ["scenario", "follow_up", "editions"])
def test_a_command_that_reads_recovers_nothing(
    plain: Plain, edition: Path, outside: Path, sweep: Run, name: str, where: str
) -> None:
    place = {"scenario": plain.folder, "follow_up": plain.folder / "follow_up", "editions": edition.parent}[where]
    plant(place, outside)
    before = snapshot(outside), sorted(place.rglob("*"))
    result = sweep(*READING[name](plain.folder, edition))
    assert (snapshot(outside), sorted(place.rglob("*"))) == before
    is_read = name != "audit verify" if where != "editions" else name in ("check", "explain", "audit verify")
    assert not is_read or (result.exit_code, "G129" in result.stderr) == (2, True), result.output
    assert result.exit_code in (0, 2, 3), result.output


@pytest.mark.parametrize("where", ["editions", "a link"])
def test_a_command_that_writes_refuses_an_unsound_change(edition: Path, outside: Path, sweep: Run, where: str) -> None:
    if where == "editions":
        plant(edition.parent, outside)
    else:
        (edition.parent / ".sweep").symlink_to(outside)
    before = snapshot(outside)
    result = sweep("approve", edition, "--by", "C001")
    assert (result.exit_code, "G130" in result.stderr) == (2, True), result.output
    assert snapshot(outside) == before
    assert not (edition / "approval.json").exists()


def test_an_unsound_change_of_another_scenario_does_not_block_a_command(
    edition: Path, outside: Path, sweep: Run
) -> None:
    plant(edition.parent.parent / "other", outside)
    assert sweep("approve", edition, "--by", "C001").exit_code == 0
    assert sweep("audit", "--out", edition.parent.parent).exit_code == 0


@pytest.mark.parametrize("name", ["tiny.head.new", "tiny.pending", "tiny.lock"])
def test_the_log_is_not_written_through_a_link(edition: Path, outside: Path, sweep: Run, name: str) -> None:
    path = edition.parent.parent / "_audit" / name
    path.unlink(missing_ok=True)
    path.symlink_to(outside / ("new" if name == "tiny.pending" else "victim"))
    before = snapshot(outside)
    result = sweep("approve", edition, "--by", "C001")
    assert snapshot(outside) == before, result.output
    assert "Traceback" not in result.output


def test_a_change_that_waits_in_one_scenario_does_not_block_the_folder_of_scenarios(
    plain: Plain, edition: Path, outside: Path, sweep: Run
) -> None:
    plant(plain.folder, outside)
    result = sweep("init", "new", "--folder", plain.folder.parent)
    assert result.exit_code == 0, result.output


def test_a_folder_that_one_option_reads_and_another_changes_is_settled_first(edition: Path, sweep: Run) -> None:
    stage_in(edition.parent, random.Random(1), {"0/p": "inside"})
    result = sweep("export", edition, "--format", "csv", "--out", edition.parent.parent)
    assert result.exit_code == 0, result.output
    assert (edition.parent / "inside").is_file()
    assert not (edition.parent / ".sweep").exists()
