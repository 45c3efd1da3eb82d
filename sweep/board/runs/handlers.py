"""HTTP handlers that start, stop and follow runs of scenarios."""

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from sweep.board.accounts.accounts import DESK_ROLES
from sweep.board.accounts.sessions import Session
from sweep.board.board_state import Board
from sweep.board.guard.route_table import ProtectedRoute, session_validity
from sweep.board.pages.render_pages import page, texts_of, words
from sweep.board.runs.run_queue import Runs
from sweep.board.sse.event_stream import event_bytes, stream

AUDIENCE = "runs"


async def runs_page(board: Board, request: Request, session: Session) -> Response:
    """Return the page that lists the scenarios that may be run, and shows the current run."""
    runs, texts = _runs(board), texts_of(board, request)
    page_texts = words(texts, ("board.runs.", "command.row.", "command.status."))
    return page(
        board, request, session, "runs/page.html.j2", words=page_texts, names=runs.names(), folder=runs.folder.name
    )


async def begin(board: Board, request: Request, session: Session) -> Response:
    """Start the run of a scenario, unless one is in progress."""
    runs, name = _runs(board), request.state.form.get("scenario", "")
    if runs.is_running:
        raise HTTPException(409)
    if name not in runs.names():
        raise HTTPException(404)
    board.log_action(session.who, "run", {"scenario": name})
    runs.begin(name, session.who, texts_of(board, request).lang)
    return RedirectResponse("/runs", 303)


async def stop_search(board: Board, _request: Request, session: Session) -> Response:
    """Stop the search of the current run; the best plan so far is published."""
    runs = _runs(board)
    if runs.is_running:
        board.log_action(session.who, "run cut short", {"scenario": runs.last.scenario if runs.last else ""})
        runs.stop_search()
    return RedirectResponse("/runs", 303)


async def runs_stream(board: Board, _request: Request, session: Session) -> Response:
    """Stream the progress of the current run to the page."""
    runs = _runs(board)
    runs.notify = lambda: board.live.hub.send(AUDIENCE, event_bytes(runs.view()))

    return stream(board.live.hub, AUDIENCE, lambda: event_bytes(runs.view()), session_validity(board, session))


def _runs(board: Board) -> Runs:
    if board.runs is None:
        raise HTTPException(404)
    return board.runs


ROUTES = (
    ProtectedRoute("/runs", runs_page, DESK_ROLES, is_page=True),
    ProtectedRoute("/runs/begin", begin, DESK_ROLES, "POST", is_form=True),
    ProtectedRoute("/runs/cut", stop_search, DESK_ROLES, "POST", is_form=True),
    ProtectedRoute("/runs/stream", runs_stream, DESK_ROLES),
)
