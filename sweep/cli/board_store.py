"""A board on a scenario that is kept in a store: which store, its folders, and what the board does with them."""

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
from sweep.records.store_address import shown
from sweep.terminal.deferred import needs_extra
from sweep.terminal.output import Voice
from sweep.terminal.path_arguments import VARIABLE, Chosen, chosen_store

if TYPE_CHECKING:
    from sweep.store.deferred_writes import Kept


def store_of(out: Path, scenario: Path | None, url: str | None) -> Chosen | None:
    """The store of what is to be served; None if that is kept in folders alone."""
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
    """Folders of a board on a store's scenario, brought back at the end; S982 without packages, S941 without a name."""
    needs_extra("store")
    from sweep.store.deferred_writes import close, kept_board  # only here: no other board needs the store's packages
    from sweep.store.postgres.connections import open_engine
    from sweep.store.postgres.notifications import scenarios

    known = (chosen.name,) if chosen.name else scenarios(open_engine(chosen.url))
    if len(known) != 1:
        raise InputError([Issue("S941", "--scenario", {"url": shown(chosen.url)})])
    with kept_board(chosen.url, known[0], chosen.out.absolute() / FOLDER) as kept:
        try:
            yield kept
        finally:
            voice.notes(close(kept))


def shown_by(kept: Kept, out: Path) -> Path:
    """Where the store's editions stand, or the one of them that was named."""
    place = kept.mirror.out / kept.mirror.name
    named = out.parent if out.name == PLAN_NAME else out
    return place / named.name if out.name == PLAN_NAME or (out / MANIFEST).is_file() else place


def keep(board: Board, kept: Kept, chosen: Chosen, who: str) -> None:
    """Let the board bring what it changes, set what the login's divisions ask for, and see what was planned from it."""
    board.store = kept
    follow_approved(board, kept.approved(board.live.edition.scenario.day), who)
    board.sets = dict(text.split("=", 1) for text in kept.session.sets())
    if board.runs is not None:
        board.runs.environment = {VARIABLE: chosen.url}
        board.runs.after = lambda: asyncio.to_thread(_fetch_again, kept)


def _fetch_again(kept: Kept) -> None:
    # A store that does not answer now is asked with the next act.
    with suppress(InputError):
        kept.fetch()
