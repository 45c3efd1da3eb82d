"""Board on a scenario in a store: choice of the store, local folders, and writes."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING

from geodata.errors import InputError, Issue
from sweep.board.board import Board
from sweep.board.changes.routes import put_in_force
from sweep.commands.terminal.deferred import needs_extra
from sweep.commands.terminal.stored import VARIABLE, Chosen, chosen_store
from sweep.commands.terminal.voice import Voice
from sweep.day.journal.file import FOLDER
from sweep.publish.archive.edition_json import MANIFEST
from sweep.publish.archive.plan_json import FILE_NAME as PLAN_NAME
from sweep.records.address import shown

if TYPE_CHECKING:
    from sweep.board.stored.kept import Kept


def store_of(out: Path, scenario: Path | None, url: str | None) -> Chosen | None:
    """Return the store of the served scenario; None if it is kept in folders only."""
    if scenario is not None:
        return chosen_store({"scenario": scenario, "out": out}, url)
    if out.name == PLAN_NAME or (out / MANIFEST).is_file():
        return chosen_store({"plan": out, "out": out}, url)
    if any(out.glob(f"*/{PLAN_NAME}")):
        return chosen_store({"plan": out / PLAN_NAME / PLAN_NAME, "out": out}, url)
    given = url or os.environ.get(VARIABLE)
    return chosen_store({"log_name": None, "out": out}, given) or (Chosen(given, "", out) if given else None)


@contextmanager
def fetched(voice: Voice, chosen: Chosen) -> Iterator[Kept]:
    """
    Yield a board's store session, written back at the end.

    Raises
    ------
    InputError
        S982 without the packages of the store, S941 without a scenario name.
    """
    needs_extra("store")
    from sweep.board.stored.kept import close, kept_board  # only here: no other board needs the store's packages
    from sweep.store.postgres.engine import open_engine
    from sweep.store.postgres.watch import scenarios

    known = (chosen.name,) if chosen.name else scenarios(open_engine(chosen.url))
    if len(known) != 1:
        raise InputError([Issue("S941", "--scenario", {"url": shown(chosen.url)})])
    with kept_board(chosen.url, known[0], chosen.out.absolute() / FOLDER) as kept:
        try:
            yield kept
        finally:
            voice.notes(close(kept))


def shown_by(kept: Kept, out: Path) -> Path:
    """Return the local folder of the store's editions, or of the named edition."""
    place = kept.mirror.out / kept.mirror.name
    named = out.parent if out.name == PLAN_NAME else out
    return place / named.name if out.name == PLAN_NAME or (out / MANIFEST).is_file() else place


def keep(board: Board, kept: Kept, chosen: Chosen, who: str) -> None:
    """Connect the board to the store: keys of the login's divisions, plans approved elsewhere."""
    board.kept = kept
    follow_approved(board, kept.approved(board.live.edition.scenario.day), who)
    board.sets = dict(text.split("=", 1) for text in kept.session.sets())
    if board.runs is not None:
        board.runs.store = chosen.url
        board.runs.after = lambda: asyncio.to_thread(_fetch_again, kept)


def follow_approved(board: Board, approved: str | None, who: str) -> bool:
    """Activate the plan approved in the store if it is another; return whether it was."""
    if board.is_exercise or approved is None or approved == board.plan_id:
        return False
    put_in_force(board, approved, who)
    return True


def _fetch_again(kept: Kept) -> None:
    # A store that does not respond is tried again at the next action.
    with suppress(InputError):
        kept.fetch()
