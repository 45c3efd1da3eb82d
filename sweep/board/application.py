"""The server's application: every way in, behind its guards."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager, suppress
from datetime import datetime, time

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.types import ASGIApp

from geodata.day_times import ZONE
from geodata.errors import InputError
from sweep.board.accounts.sessions import end_of_day
from sweep.board.board_state import Board
from sweep.board.changes import handlers as changes
from sweep.board.desk import handlers as desk
from sweep.board.editing import handlers as editing
from sweep.board.guard.protected_routes import Way, route
from sweep.board.guard.response_headers import Outermost
from sweep.board.host_names import normal_header
from sweep.board.open_board import begin_the_day, is_its_day, run_by
from sweep.board.pages import editions, journal, sign_in, static_files
from sweep.board.pages.templates import refusal
from sweep.board.phone import handlers as phone
from sweep.board.results_intake import handlers as evening
from sweep.board.runs import handlers as runs

_PARTS = (sign_in, static_files, desk, phone, changes, evening, editing, editions, runs, journal)
WAYS: tuple[Way, ...] = tuple(way for part in _PARTS for way in part.WAYS)
# How often open boards are told how late things are, without any report.
_TICK_S = 20.0


def make_app(board: Board, hosts: Sequence[str]) -> ASGIApp:
    """The application of a board."""

    @asynccontextmanager
    async def lifespan(_app: Starlette) -> AsyncIterator[None]:
        beat = asyncio.create_task(_beat(board))
        warm = asyncio.create_task(_warm(board))
        try:
            yield
        finally:
            for task in (beat, warm):
                task.cancel()
            await board.end_children()

    answer = refusal(board)
    app = Starlette(
        routes=[route(way, board) for way in WAYS],
        lifespan=lifespan,
        exception_handlers={HTTPException: answer, InputError: answer, 500: answer},
    )
    app.router.redirect_slashes = False
    return Outermost(app, frozenset(map(normal_header, hosts)), board.is_secure)


async def _beat(board: Board) -> None:
    clock = board.live.clock
    # The evening before belongs to the day; an exercise of another day is over with its own.
    noon = datetime.combine(board.live.edition.scenario.day, time(12), ZONE)
    ends_at = end_of_day(noon if clock.is_near() else clock.wall())
    is_there = is_its_day(board.live)
    while True:
        await asyncio.sleep(_TICK_S / clock.speed if clock.speed > 1 else _TICK_S)
        # What a full disk keeps from being done is tried again with the next beat.
        with suppress(OSError):
            if board.live.places is not None and clock.wall() >= ends_at:
                board.live.places.forget()
        with suppress(OSError):
            if board.store is not None:
                board.live.is_cut_off = not await asyncio.to_thread(board.store.bring_lines)
        with suppress(OSError, InputError):
            if not is_there and is_its_day(board.live):
                await _begin_the_day(board)
                is_there = True
        board.live.tick()


async def _begin_the_day(board: Board) -> None:
    """
    Run the day in earnest by the plan that is approved, here or, since the board was opened, elsewhere.

    Raises
    ------
    InputError
        If what the store holds cannot be fetched now: what is approved here already runs nevertheless.
    """
    begin_the_day(board)
    if board.store is None:
        return
    approved = await asyncio.to_thread(board.store.fetch_approved, board.live.edition.scenario.day)
    begin_the_day(board)
    if follow_approved(board, approved, run_by(board.live)) and board.planner is not None:
        await board.planner.forget()


def follow_approved(board: Board, approved: str | None, who: str) -> bool:
    """Activate the plan approved in the store, which may be newer than the journal's; return whether it is another."""
    if board.is_exercise or approved is None or approved == board.plan_id:
        return False
    changes.put_in_force(board, approved, who)
    return True


async def _warm(board: Board) -> None:
    if board.planner is not None:
        # Whoever asks it is told.
        with suppress(ConnectionError):
            await board.planner.warm()
