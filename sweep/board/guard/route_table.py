"""Protected routes of the board: path, method, allowed roles and handler of each."""

from __future__ import annotations

import hmac
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from sweep.board.accounts.accounts import Role
from sweep.board.accounts.sessions import COOKIE, Session
from sweep.board.guard.request_bodies import read_form
from sweep.board.operation.request_log import note_route

if TYPE_CHECKING:
    from sweep.board.board_state import Board

type Endpoint = Callable[[Board, Request, Session], Awaitable[Response]]

# A client that has not signed in has a session without a role, so that the sign-in page has a token.
ANONYMOUS = Session("", "-", "team", "")


@dataclass(frozen=True, slots=True)
class ProtectedRoute:
    """HTTP route (template `path`, handler `endpoint`) with the roles that may use it."""

    path: str
    endpoint: Endpoint
    roles: frozenset[Role] | None
    """Allowed roles; None: every client, signed in or not."""
    method: str = "GET"
    is_page: bool = False
    """Whether a client without a session is redirected to the sign-in page."""
    is_form: bool = False
    """Whether the body is an HTML form, stored in `request.state.form`; else a script's request with a token header."""


def guarded_route(protected_route: ProtectedRoute, board: Board) -> Route:
    """Return the Starlette route that checks role and token before it calls the handler."""

    async def answer(request: Request) -> Response:
        session = board.session_of(request.cookies.get(COOKIE))
        note_route(protected_route.path, None if session is None else session.role)
        if protected_route.roles is not None and (session is None or session.role not in protected_route.roles):
            if session is None and protected_route.is_page:
                return RedirectResponse("/login", 303)
            raise HTTPException(401 if session is None else 403)
        session = session or ANONYMOUS
        if protected_route.method == "POST":
            await _refuse_forged(board, protected_route, request, session)
        return await protected_route.endpoint(board, request, session)

    route = Route(protected_route.path, answer, methods=[protected_route.method])
    # Starlette adds HEAD to each GET; a stream would never end its response to it.
    route.methods = {protected_route.method}
    return route


def session_validity(board: Board, session: Session) -> Callable[[], bool]:
    """Return a function that returns whether a session is still valid; the event stream of an open page calls it."""
    return lambda: board.session_of(board.sessions.cookie(session.sid)) is not None


async def _refuse_forged(board: Board, protected_route: ProtectedRoute, request: Request, session: Session) -> None:
    if not _is_same_origin(request.headers.get("origin"), request.headers.get("host", "")):
        raise HTTPException(403)
    if request.headers.get("sec-fetch-site", "same-origin") not in ("same-origin", "none"):
        raise HTTPException(403)
    token = request.headers.get("x-sweep-token", "")
    if protected_route.is_form:
        request.state.form = await read_form(request)
        token = request.state.form.get("token", "")
    if not hmac.compare_digest(token.encode("utf-8", "replace"), board.sessions.token(session.sid).encode()):
        raise HTTPException(403)


def _is_same_origin(origin: str | None, host: str) -> bool:
    """Whether the Origin header belongs to the host; also true without the header, which older browsers do not send."""
    try:
        return origin is None or urlsplit(origin).netloc.lower() == host.lower()
    except ValueError:  # a malformed IPv6 address
        return False
