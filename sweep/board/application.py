"""ASGI application of the board: all HTTP routes, each behind its guard."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager, suppress
from datetime import datetime, time

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.types import ASGIApp

from geodata.clock_times import ZONE
from geodata.errors import InputError
from sweep.board.accounts.sessions import end_of_day
from sweep.board.board_state import Board
from sweep.board.changes import handlers as changes
from sweep.board.desk import handlers as desk
from sweep.board.guard.response_headers import SecurityHeaders
from sweep.board.guard.route_table import ProtectedRoute, guarded_route
from sweep.board.normalised_hosts import normal_header
from sweep.board.open_board import activated_by, is_plan_day, start_real_day
from sweep.board.operation import health
from sweep.board.operation.request_log import RequestLog
from sweep.board.pages import editions, journal_handlers, sign_in, static_files
from sweep.board.pages.render_pages import refusal
from sweep.board.phone import handlers as phone
from sweep.board.plan_editing import handlers as editing
from sweep.board.results_intake import handlers as results_intake
from sweep.board.runs import handlers as runs

_HANDLER_MODULES = (
    sign_in,
    static_files,
    desk,
    phone,
    changes,
    results_intake,
    editing,
    editions,
    runs,
    journal_handlers,
    health,
)
ROUTES: tuple[ProtectedRoute, ...] = tuple(route for module in _HANDLER_MODULES for route in module.ROUTES)
# Interval at which open boards get new delays when no report comes in.
_TICK_S = 20.0


def make_app(board: Board, hosts: Sequence[str]) -> ASGIApp:
    """Return the ASGI application of a board; it refuses requests to host names (with port) that are not in `hosts`."""

    @asynccontextmanager
    async def lifespan(_app: Starlette) -> AsyncIterator[None]:
        heartbeat = asyncio.create_task(_heartbeat(board))
        try:
            yield
        finally:
            heartbeat.cancel()
            await board.end_children()

    answer = refusal(board)
    app = Starlette(
        routes=[guarded_route(route, board) for route in ROUTES],
        lifespan=lifespan,
        exception_handlers={HTTPException: answer, InputError: answer, 500: answer},
    )
    app.router.redirect_slashes = False
    return RequestLog(SecurityHeaders(app, frozenset(map(normal_header, hosts)), board.is_secure), board.metrics)


async def _heartbeat(board: Board) -> None:
    clock = board.live.clock
    # The evening before counts as the day; an exercise of another day ends with the current day.
    noon = datetime.combine(board.live.edition.scenario.day, time(12), ZONE)
    ends_at = end_of_day(noon if clock.is_near() else clock.wall())
    is_day_reached = is_plan_day(board.live)
    planner_start = asyncio.create_task(_start_planner(board))
    while True:
        await asyncio.sleep(_TICK_S / clock.speed if clock.speed > 1 else _TICK_S)
        if board.planner is not None and not board.planner.is_ready and planner_start.done():
            planner_start = asyncio.create_task(_start_planner(board))
        board.watch_certificate()
        # An action that a full disk prevents is tried again at the next beat.
        with suppress(OSError):
            if board.live.places is not None and clock.wall() >= ends_at:
                board.live.places.delete_all()
        with suppress(OSError):
            if board.store is not None:
                board.live.is_cut_off = not await asyncio.to_thread(board.store.flush_log)
        with suppress(OSError, InputError):
            if not is_day_reached and is_plan_day(board.live):
                await _activate_approved_plan(board)
                is_day_reached = True
        with suppress(OSError, InputError):
            await board.follow_codes()
        board.live.tick()


async def _activate_approved_plan(board: Board) -> None:
    """End the exercise if the plan is approved on this machine; then activate the store's approved plan, if any."""
    start_real_day(board)
    if board.store is None:
        return
    approved = await asyncio.to_thread(board.store.fetch_approved, board.live.edition.scenario.day)
    start_real_day(board)
    if follow_approved(board, approved, activated_by(board.live)) and board.planner is not None:
        await board.planner.end_outdated()


def follow_approved(board: Board, approved: str | None, who: str) -> bool:
    """
    Activate the plan approved in the store if it is not the one in force; return whether it was activated.

    `approved`: id of that plan; None: no such plan. `who`: person named in the log. An exercise activates nothing.
    """
    if board.is_exercise or approved is None or approved == board.plan_id:
        return False
    changes.activate_plan(board, approved, who)
    return True


async def _start_planner(board: Board) -> None:
    if board.planner is not None:
        # The client of the next request gets the error.
        with suppress(ConnectionError):
            await board.planner.start()
