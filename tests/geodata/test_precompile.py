"""What is compiled ahead: once, apart, and by one process at a time."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.paths import ROOT


def begun(cache: Path, *words: str) -> subprocess.Popen[str]:
    notes = {"AHEAD_TEST_NOTES": str(cache / "notes.txt"), "XDG_CACHE_HOME": str(cache), "PYTHONPATH": str(ROOT)}
    command = [sys.executable, "-m", "tests.geodata.ahead_jobs", *(words or ("little",))]
    return subprocess.Popen(command, cwd=ROOT, env={**os.environ, **notes}, stdout=subprocess.PIPE, text=True)  # noqa: S603


def notes_of(cache: Path) -> list[str]:
    """What was run by which kind of process, since the last look."""
    file = cache / "notes.txt"
    notes = file.read_text(encoding="utf-8").splitlines()
    file.unlink()
    return notes


@pytest.fixture(scope="module")
def first(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, list[float], list[str]]:
    """The cache after a first run, what it printed, and its notes."""
    cache = tmp_path_factory.mktemp("first")
    printed = [float(word) for word in begun(cache).communicate()[0].split()]
    return cache, printed, notes_of(cache)


def test_a_first_run_compiles_apart_and_loads_and_a_second_only_loads(
    first: tuple[Path, list[float], list[str]],
) -> None:
    cache, (least, most, value), notes = first
    assert (least < 1.0, most < 1.0, value) == (True, True, 2.0)
    assert (sorted(notes[:2]), notes[2:]) == (["first apart", "last apart"], ["first here", "last here"])
    assert begun(cache).communicate()[0] == "1.0 1.0 2.0\n"
    assert notes_of(cache) == ["first here", "last here"]


def test_what_is_compiled_apart_goes_to_the_cache_of_who_asks(first: tuple[Path, list[float], list[str]]) -> None:
    cache, *_ = first
    made = {index.name.partition("-")[0] for index in cache.rglob("*.nbi")}
    assert made == {"ahead_jobs.halved", "ahead_jobs.quarter"}
    assert not list(cache.glob("*.other"))


@pytest.mark.slow
def test_another_clone_of_equal_sources_loads_the_compiled_code(tmp_path: Path) -> None:
    program = "from geodata.datum.gcj02_bd09 import _gcj; _gcj(117.0, 36.0); print(sum(_gcj.stats.cache_hits.values()))"
    hits = []
    for clone in ("one", "two"):
        shutil.copytree(ROOT / "geodata", tmp_path / clone / "geodata", ignore=shutil.ignore_patterns("__pycache__"))
        run = [sys.executable, "-c", program]
        paths = {"XDG_CACHE_HOME": str(tmp_path / "cache"), "PYTHONPATH": str(tmp_path / clone)}
        hits.append(subprocess.check_output(run, cwd=tmp_path, env={**os.environ, **paths}, text=True))  # noqa: S603
    assert hits == ["0\n", "1\n"]


@pytest.mark.slow
def test_of_two_at_once_one_compiles_and_the_other_waits(tmp_path: Path) -> None:
    runs = [begun(tmp_path) for _ in range(2)]
    assert [run.communicate()[0].split()[-1] for run in runs] == ["2.0", "2.0"]
    notes = notes_of(tmp_path)
    assert sorted(notes[:2]) == ["first apart", "last apart"]
    assert sorted(notes[2:]) == ["first here", "first here", "last here", "last here"]


def test_two_processes_save_code_of_one_function_at_once(tmp_path: Path) -> None:
    both = [begun(tmp_path, "add_up", begin) for begin in ("2", "3")]
    assert [run.communicate()[0] for run in both] == ["0\n", "0\n"]
    assert [begun(tmp_path, "add_up", begin).communicate()[0] for begin in ("2", "3")] == ["19\n", "19\n"]


@pytest.fixture(scope="module")
def failed(tmp_path_factory: pytest.TempPathFactory) -> list[tuple[str, list[str]]]:
    """What each of two runs printed, and its notes, where compiling apart fails."""
    cache = tmp_path_factory.mktemp("failed")
    return [(begun(cache, "broken").communicate()[0], notes_of(cache)) for _ in range(2)]


@pytest.mark.parametrize("n", [0, 1], ids=["first", "second"])
def test_where_compiling_apart_fails_the_run_compiles_for_itself_each_time(
    failed: list[tuple[str, list[str]]], n: int
) -> None:
    printed, notes = failed[n]
    assert (printed.split()[-1], notes) == ("2.0", ["last apart", "last here"])
