"""`sweep compare` on plans as they were written."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

Run = Any  # these two are of conftest.py
Planned = Any


@pytest.fixture(scope="module")
def bigger(sweep: Run, planned: Planned, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The same day with three teams instead of four."""
    out = tmp_path_factory.mktemp("bigger")
    assert sweep("run", planned.scenario, "--out", out, "--set", "teams.n_teams=3").exit_code == 0
    (folder,) = (out / "tiny").iterdir()
    return Path(folder)


def test_two_plans_are_set_side_by_side(sweep: Run, planned: Planned, bigger: Path, tmp_path: Path) -> None:
    result = sweep("compare", planned.folder, bigger, "--out", tmp_path, "--json")
    assert result.exit_code == 0, result.output
    reply = json.loads(result.stdout)
    assert reply["plan_ids"] == [planned.folder.name, bigger.name]
    page, table = map(Path, reply["files"])
    assert (page.name, table.name) == ("comparison.html", "comparison.csv")
    text = page.read_text(encoding="utf-8")
    assert 'data-key="teams.n_teams"' in text
    assert text.count("data-key=") == 1


def test_one_plan_is_nothing_to_compare(sweep: Run, planned: Planned, tmp_path: Path) -> None:
    result = sweep("compare", planned.folder, "--out", tmp_path)
    assert (result.exit_code, "S716" in result.stderr) == (2, True)


def test_every_folder_that_cannot_be_read_is_named(sweep: Run, planned: Planned, tmp_path: Path) -> None:
    result = sweep("compare", tmp_path / "a", planned.folder, tmp_path / "b", "--out", tmp_path)
    assert (result.exit_code, result.stderr.count("S711")) == (2, 2)
    assert list(tmp_path.iterdir()) == []
