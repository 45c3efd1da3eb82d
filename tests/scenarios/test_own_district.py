"""A messy district of made-up tables: orders by edits of scenario.toml alone, as the page own-district tells it."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from typer.testing import CliRunner

from sweep.cli.main import app
from tests.known import tables_known as tables_known
from tests.scenarios.own_district import ELSEWHERE, Step, play, write_raw
from tests.scenarios.own_district_page import PAGES, page

pytestmark = pytest.mark.slow


@dataclass(frozen=True)
class Played:
    """The folder after the last step, what each step said, and the tables' bytes before the first."""

    folder: Path
    steps: list[tuple[Step, int, str]]
    before: dict[str, str]
    lang: str


def bytes_of(folder: Path) -> dict[str, str]:
    files = [p for p in folder.iterdir() if p.is_file() and p.name != "scenario.toml"]
    return {p.name: hashlib.sha256(p.read_bytes()).hexdigest() for p in files}


@pytest.fixture(scope="module", params=PAGES)
def played(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Played]:
    folder = tmp_path_factory.mktemp("district") / "own"
    folder.mkdir()
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("XDG_CACHE_HOME", str(tmp_path_factory.mktemp("cache")))
        write_raw(folder)
        before = bytes_of(folder)
        yield Played(folder, list(play(folder, request.param)), before, request.param)


def test_raw_tables_come_to_orders_and_no_table_is_touched(played: Played) -> None:
    assert [code for _, code, _ in played.steps] == [2, 2, 0, 0, 0, 0, 0, 2, 0, 0, 0]
    assert list((played.folder.parent / "out").rglob("teams/*.html"))
    assert bytes_of(played.folder) == played.before


def test_what_is_left_at_the_end_is_three_places_and_two_columns(played: Played) -> None:
    reply = CliRunner().invoke(app, ["validate", str(played.folder), "--json"])
    content = json.loads(reply.stdout)
    assert [i["code"] for i in content["quarantine"]] == ["G309"] * len(ELSEWHERE)
    assert {n["code"] for n in content["notes"] if n["code"].startswith("G")} == {"G132", "G308", "G309"}
    n_leads = sum(n for kind, n in content["matches"].items() if kind.startswith("leads.precision_"))
    n_placed = n_leads - sum(content["matches"][f"leads.{way}"] for way in ("none", "far"))
    assert n_placed >= 0.5 * n_leads


def test_the_page_tells_every_message_that_was_seen(played: Played) -> None:
    # `uv run python -m tests.scenarios.own_district_page` writes it again.
    assert PAGES[played.lang].read_text(encoding="utf-8") == page(played.steps, played.lang)
