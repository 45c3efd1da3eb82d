"""What the fuzzer found once, and files of its kind: each ends in a fault, soon."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from tests.fuzz import TARGETS, fault, prepared
from tests.paths import ROOT

CORPUS = sorted((ROOT / "tests" / "data" / "fuzz").iterdir())


@pytest.fixture(scope="module")
def place(used: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder in which every command has been called, with a place for the files that are read alone."""
    made = Path(shutil.copytree(used, tmp_path_factory.mktemp("fuzz") / "used", ignore=shutil.ignore_patterns("cache")))
    (made / "seeds").mkdir()
    return prepared(made)


@pytest.mark.parametrize("path", CORPUS, ids=lambda path: path.name)
def test_a_broken_file_is_a_fault(path: Path, place: Path, tmp_path: Path) -> None:
    name = path.name.rpartition("-")[0]
    name = name if name in TARGETS else path.name.partition("-")[0]
    assert fault(name, path.read_bytes(), place, tmp_path / "place") is None
