"""A board of two teams and a reserve, whose every name tries to run."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from sweep.board import open_board as opening
from sweep.board.board_state import Board
from sweep.board.https_server import listen
from sweep.board.open_board import open_board
from sweep.board.runs.run_queue import Runs
from sweep.campaign.records import campaign_json
from sweep.publish.archive.check_editions_against_log import open_edition
from sweep.publish.archive.edition_json_file import MANIFEST
from sweep.publish.edition import Edition
from tests.board.asking import Asker, Wall, board_of, published, wanted, with_people
from tests.board.serving import served
from tests.board.stubs import Editor, Planner, changed
from tests.campaign.model.small_record import record
from tests.publish.small_edition import small_edition
from tests.recorded import copy_with_log, record_window


@pytest.fixture(scope="session", autouse=True)
def read_once() -> Iterator[None]:
    """Read each edition once for all tests, its copies too: an edition never changes."""
    with pytest.MonkeyPatch.context() as patch:
        known: dict[bytes, Edition] = {}

        def read_kept(folder: Path) -> Edition:
            file = folder / MANIFEST
            manifest = file.read_bytes() if file.is_file() else b""
            return known.get(manifest) or known.setdefault(manifest, open_edition(folder))

        patch.setattr(opening, "open_edition", read_kept)
        yield


@pytest.fixture(scope="session")
def whole_edition(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return published(replace(small_edition(), plan_id="abc123abc123"), tmp_path_factory.mktemp("board") / "out")


@pytest.fixture
def edition_folder(whole_edition: Path, tmp_path: Path) -> Path:
    """An edition of the test's own: a board adds lines to its log."""
    return copy_with_log(whole_edition, tmp_path / "out" / whole_edition.parent.name / whole_edition.name)


@pytest.fixture
def wall() -> Wall:
    """After the release of all orders, before anybody leaves."""
    return Wall("13:00")


@pytest.fixture
def board(edition_folder: Path, wall: Wall) -> Iterator[Board]:
    with board_of(edition_folder, wall) as opened:
        yield with_people(opened)


@pytest.fixture
def whole(board: Board, tmp_path: Path) -> Board:
    """The board with all that it may have, so that what a role gets is there to be got."""
    board.planner, board.editor = Planner(), Editor()  # type: ignore[assignment]
    board.runs = Runs(tmp_path, board.out, "sweep.cli.board_run_worker")
    (board.out / "weeks" / "campaign").mkdir(parents=True)
    (board.out / "weeks" / "campaign" / "campaign.html").touch()
    (board.out / "weeks" / "campaign" / "campaign.json").write_text(campaign_json(record((), date(2026, 2, 2))))
    record_window(board.out / "weeks" / "campaign")
    (board.out / "weeks" / board.plan_id).symlink_to(board.folder_of(board.plan_id))
    return board


@pytest.fixture
def asker(board: Board) -> Asker:
    return Asker(board)


@pytest.fixture(scope="session")
def planned_and_changed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The editions of a plan and of a change of it, written once; copy them only."""
    out = tmp_path_factory.mktemp("changed") / "out"
    published(small_edition(), out)
    published(changed(small_edition()), out)
    return out


@pytest.fixture
def day(planned_and_changed: Path, tmp_path: Path) -> Iterator[tuple[Board, str, Wall]]:
    """A day that is served over loopback, whose plan has one change ready."""
    wall, edition = Wall("13:00"), small_edition()
    out = Path(shutil.copytree(planned_and_changed, tmp_path / "out"))
    folder = out / edition.scenario.name / edition.plan_id
    listening = listen("127.0.0.1", 0, (), None)
    with open_board(wanted(folder, wall, listening.address)) as board:
        board.planner = Planner()  # type: ignore[assignment]
        with_people(board)
        with served(board, listening) as address:
            yield board, address, wall
