"""What is compiled ahead: once, apart, and by one process at a time."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.paths import ROOT


def begun(cache: Path, kind: str = "little") -> subprocess.Popen[str]:
    notes = {"AHEAD_TEST_NOTES": str(cache / "notes.txt"), "XDG_CACHE_HOME": str(cache), "PYTHONPATH": str(ROOT)}
    command = [sys.executable, "-m", "tests.geodata.ahead_jobs", kind]
    return subprocess.Popen(command, cwd=ROOT, env={**os.environ, **notes}, stdout=subprocess.PIPE, text=True)  # noqa: S603


def notes_of(cache: Path) -> list[str]:
    """What was run by which kind of process, since the last look."""
    file = cache / "notes.txt"
    notes = file.read_text(encoding="utf-8").splitlines()
    file.unlink()
    return notes


def test_a_first_run_compiles_apart_and_loads_and_a_second_only_loads(tmp_path: Path) -> None:
    least, most, value = map(float, begun(tmp_path).communicate()[0].split())
    assert (least < 1.0, most < 1.0, value) == (True, True, 2.0)
    assert notes_of(tmp_path) == ["first apart", "last apart", "first here", "last here"]
    assert begun(tmp_path).communicate()[0] == "1.0 1.0 2.0\n"
    assert notes_of(tmp_path) == ["first here", "last here"]


def test_what_is_compiled_apart_goes_to_the_cache_of_who_asks(tmp_path: Path) -> None:
    begun(tmp_path).communicate()
    made = {index.name.partition("-")[0] for index in tmp_path.rglob("*.nbi")}
    assert made == {"ahead_jobs.halved", "ahead_jobs.quarter"}
    assert not list(tmp_path.glob("*.other"))


def test_of_two_at_once_one_compiles_and_the_other_waits(tmp_path: Path) -> None:
    runs = [begun(tmp_path) for _ in range(2)]
    assert [run.communicate()[0].split()[-1] for run in runs] == ["2.0", "2.0"]
    notes = notes_of(tmp_path)
    assert notes[:2] == ["first apart", "last apart"]
    assert sorted(notes[2:]) == ["first here", "first here", "last here", "last here"]


@pytest.mark.parametrize("n_runs", [1, 2])
def test_where_compiling_apart_fails_the_run_compiles_for_itself_each_time(tmp_path: Path, n_runs: int) -> None:
    for _ in range(n_runs):
        assert begun(tmp_path, "broken").communicate()[0].split()[-1] == "2.0"
    assert notes_of(tmp_path) == ["last here"] * n_runs
