"""Board of a scenario that is kept in a store: choice of the store, local folders, and writing back."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING

from geodata.errors import InputError, Issue
from sweep.board.application import follow_approved
from sweep.board.board_state import Board
from sweep.day.journal.journal_file import FOLDER
from sweep.publish.archive.edition_json import MANIFEST
from sweep.publish.archive.plan_json import FILE_NAME as PLAN_NAME
from sweep.records.store_address import redacted_address
from sweep.terminal.deferred import needs_extra
from sweep.terminal.output import Output
from sweep.terminal.path_arguments import VARIABLE, ChosenStore, chosen_store

if TYPE_CHECKING:
    from sweep.store.board_session import BoardStore


def store_of(out: Path, scenario: Path | None, url: str | None) -> ChosenStore | None:
    """Return the store of the scenario that the board serves; None if it is kept in folders only."""
    if scenario is not None:
        return chosen_store({"scenario": scenario, "out": out}, url)
    if out.name == PLAN_NAME or (out / MANIFEST).is_file():
        return chosen_store({"plan": out, "out": out}, url)
    if any(out.glob(f"*/{PLAN_NAME}")):
        return chosen_store({"plan": out / PLAN_NAME / PLAN_NAME, "out": out}, url)
    given = url or os.environ.get(VARIABLE)
    return chosen_store({"log_name": None, "out": out}, given) or (ChosenStore(given, "", out) if given else None)


@contextmanager
def board_store(voice: Output, chosen: ChosenStore) -> Iterator[BoardStore]:
    """
    Yield the board's connection to its store; changes are written back at the end.

    Raises
    ------
    InputError
        S982 without the packages of the store, S941 without a scenario name.
    """
    needs_extra("store")
    from sweep.store.board_session import (  # only here: no other board needs the store's packages
        close,
        open_board_store,
    )
    from sweep.store.postgres.connections import open_engine
    from sweep.store.postgres.notifications import scenarios

    known = (chosen.name,) if chosen.name else scenarios(open_engine(chosen.url))
    if len(known) != 1:
        raise InputError([Issue("S941", "--scenario", {"url": redacted_address(chosen.url)})])
    with open_board_store(chosen.url, known[0], chosen.out.absolute() / FOLDER) as kept:
        try:
            yield kept
        finally:
            voice.notes(close(kept))


def edition_place(kept: BoardStore, out: Path) -> Path:
    """Return the local folder of all editions in the store; that of one edition if `out` names one."""
    place = kept.mirror.out / kept.mirror.name
    named = out.parent if out.name == PLAN_NAME else out
    return place / named.name if out.name == PLAN_NAME or (out / MANIFEST).is_file() else place


def connect_store(board: Board, kept: BoardStore, chosen: ChosenStore, who: str) -> None:
    """Connect the board to its store: settings of the login's divisions, and plans that others have approved."""
    board.store = kept
    follow_approved(board, kept.approved(board.live.edition.scenario.day), who)
    board.sets = dict(text.split("=", 1) for text in kept.session.sets())
    if board.runs is not None:
        board.runs.environment = {VARIABLE: chosen.url}
        board.runs.after = lambda: asyncio.to_thread(_fetch_again, kept)


def _fetch_again(kept: BoardStore) -> None:
    # A store that does not respond is tried again at the next action.
    with suppress(InputError):
        kept.fetch()
