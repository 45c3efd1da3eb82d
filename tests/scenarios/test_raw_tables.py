"""The shared district's raw tables brought to an approved plan by the edits that docs/raw-tables.md tells."""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from sweep.cli.main import app
from tests.known import tables_known as tables_known
from tests.paths import ROOT, SHARED, needs_data
from tests.scenarios.own_district import merged

pytestmark = pytest.mark.slow

PAGES = (ROOT / "docs" / "raw-tables.md", ROOT / "docs" / "zh" / "raw-tables.md")
RAW = SHARED / "districts" / "xuhui" / "raw"
ROUNDS = 3


def edits(page: Path) -> list[str]:
    return re.findall(r"```toml\n(.*?)```", page.read_text(encoding="utf-8"), flags=re.DOTALL)


def said(*arguments: str) -> tuple[int, dict[str, Any]]:
    result = CliRunner().invoke(app, [*arguments, "--json"])
    return int(result.exit_code), json.loads(result.stdout)


@dataclass(frozen=True)
class Rounds:
    """The folder after the last edit, and what `validate` said after each."""

    folder: Path
    replies: Sequence[tuple[int, dict[str, Any]]]


@pytest.fixture(scope="module")
def rounds(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Rounds]:
    folder = tmp_path_factory.mktemp("raw") / "xuhui"
    shutil.copytree(RAW, folder)
    text, replies = "", []
    for edit in edits(PAGES[0]):
        text = merged(text, edit) if text else edit
        (folder / "scenario.toml").write_text(text, encoding="utf-8")
        replies.append(said("validate", str(folder)))
    yield Rounds(folder, replies)


def test_both_languages_tell_the_same_edits() -> None:
    assert edits(PAGES[0]) == edits(PAGES[1])
    assert len(edits(PAGES[0])) == ROUNDS


@needs_data(RAW)
def test_three_rounds_of_validate_take_raw_tables_in(rounds: Rounds) -> None:
    assert [code for code, _ in rounds.replies] == [2, 2, 0]
    # The files with their sheets, and the people of both who are on duty: 98 less 8 on leave.
    read = {i["file"]: i for i in rounds.replies[-1][1]["inputs"]}
    assert sum(i["n_used"] for i in read.values() if i["table"] == "roster") == 98 - 8
    assert sum(i["n_rows"] for i in read.values() if i["table"] == "leads") == 516


@needs_data(RAW)
def test_no_time_of_a_lead_is_lost_however_it_is_written(rounds: Rounds) -> None:
    aside = rounds.replies[-1][1]["quarantine"]
    assert {i["code"] for i in aside if "线索" in i["where"] or "工单" in i["where"]} <= {"G203"}


@needs_data(RAW)
@pytest.mark.slow
def test_the_plan_of_raw_tables_is_approved(rounds: Rounds, tmp_path: Path) -> None:
    out = str(tmp_path / "out")
    code, reply = said("run", str(rounds.folder), "--out", out, "--set", "solver.iterations=200")
    assert code == 0, reply
    assert reply["n_leads_reached"] > 0
    assert CliRunner().invoke(app, ["approve", "latest", "--out", out, "--by", "C001"]).exit_code == 0
