"""A board of two teams and a reserve, whose every name tries to run."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from sweep.audit.log import log_of_edition, log_of_scenario
from sweep.board import opening
from sweep.board.board import Board
from sweep.board.opening import open_board
from sweep.board.serving import listen
from sweep.pipeline.edition_breaches import open_edition
from sweep.publish.edition import Edition
from tests.board.asking import Asker, Wall, board_of, published, wanted, with_people
from tests.board.serving import served
from tests.board.stubs import Planner, changed
from tests.publish.small_edition import small_edition


@pytest.fixture(scope="session", autouse=True)
def read_once() -> Iterator[None]:
    """An edition never changes: each is read once for all tests."""
    with pytest.MonkeyPatch.context() as patch:
        known: dict[str, Edition] = {}

        def read(folder: Path) -> Edition:
            return known.setdefault(str(folder.resolve()), open_edition(folder))

        def read_kept(folder: Path) -> Edition:
            return known.get(str(folder.resolve())) or read(folder)

        patch.setattr(opening, "open_edition", read_kept)
        yield


@pytest.fixture(scope="session")
def edition_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return published(replace(small_edition(), plan_id="abc123abc123"), tmp_path_factory.mktemp("board") / "out")


@pytest.fixture
def wall() -> Wall:
    """After the release of all orders, before anybody leaves."""
    return Wall("13:00")


@pytest.fixture
def board(edition_folder: Path, wall: Wall, tmp_path: Path) -> Iterator[Board]:
    out = tmp_path / "out" / edition_folder.parent.name
    out.mkdir(parents=True)
    (out / edition_folder.name).symlink_to(edition_folder)
    log_of_scenario(out.parent, out.name).restore(log_of_edition(edition_folder).content())
    with board_of(out / edition_folder.name, wall) as opened:
        yield with_people(opened)


@pytest.fixture
def asker(board: Board) -> Asker:
    return Asker(board)


@pytest.fixture
def day(tmp_path: Path) -> Iterator[tuple[Board, str, Wall]]:
    """A day that is served over loopback, whose plan has one change ready."""
    wall, edition = Wall("13:00"), small_edition()
    folder = published(edition, tmp_path / "out")
    published(changed(edition), tmp_path / "out")
    listening = listen("127.0.0.1", 0, (), None)
    with open_board(wanted(folder, wall, listening.address)) as board:
        board.planner = Planner()  # type: ignore[assignment]
        with_people(board)
        with served(board, listening) as address:
            yield board, address, wall
