"""The ways into the board: each with its method, who may take it, and what it answers."""

from __future__ import annotations

import hmac
from collections.abc import Awaitable, Callable, Sequence
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

if TYPE_CHECKING:
    from sweep.board.board_state import Board

type Endpoint = Callable[[Board, Request, Session], Awaitable[Response]]

# Whoever has not signed in has a session without a role, so that a page can carry a token to sign in by.
NOBODY = Session("", "-", "team", "")


@dataclass(frozen=True, slots=True)
class Way:
    """One way in."""

    path: str
    endpoint: Endpoint
    roles: frozenset[Role] | None
    """None: everybody, signed in or not."""
    method: str = "GET"
    is_page: bool = False
    """Whether who has not signed in is shown where to."""
    is_form: bool = False
    """Whether what is sent is a page's form, which is then in `request.state.form`; else a script's, with a header."""


def route(way: Way, board: Board) -> Route:
    """The way as the server's router has it, behind its guard."""

    async def answer(request: Request) -> Response:
        session = board.session_of(request.cookies.get(COOKIE))
        if way.roles is not None and (session is None or session.role not in way.roles):
            return _refused(way, session)
        session = session or NOBODY
        if way.method == "POST":
            await _refuse_forged(board, way, request, session)
        return await way.endpoint(board, request, session)

    # Starlette would add HEAD to each GET; a stream would never end its response to it.
    return _Exact(way.path, answer, methods=[way.method])


def still_open(board: Board, session: Session) -> Callable[[], bool]:
    """What an open page's stream asks before each event: whether the session of the page still holds."""
    return lambda: board.session_of(board.sessions.cookie(session.sid)) is not None


class _Exact(Route):
    """A route without the method that Starlette adds."""

    def __init__(self, path: str, endpoint: Callable[..., object], *, methods: Sequence[str]) -> None:
        super().__init__(path, endpoint, methods=list(methods))
        self.methods = set(methods)


def _refused(way: Way, session: Session | None) -> Response:
    if session is None and way.is_page:
        return RedirectResponse("/login", 303)
    raise HTTPException(401 if session is None else 403)


async def _refuse_forged(board: Board, way: Way, request: Request, session: Session) -> None:
    """Refuse what another site's page sends, and what carries no token of a page of this session."""
    if not _is_own(request.headers.get("origin"), request.headers.get("host", "")):
        raise HTTPException(403)
    if request.headers.get("sec-fetch-site", "same-origin") not in ("same-origin", "none"):
        raise HTTPException(403)
    given = request.headers.get("x-sweep-token", "")
    if way.is_form:
        request.state.form = await read_form(request)
        given = request.state.form.get("token", "")
    if not hmac.compare_digest(given.encode("utf-8", "replace"), board.sessions.token(session.sid).encode()):
        raise HTTPException(403)


def _is_own(origin: str | None, host: str) -> bool:
    """Whether a page of an origin, which older browsers do not name, is one of a host's own."""
    try:
        return origin is None or urlsplit(origin).netloc.lower() == host.lower()
    except ValueError:  # an address of version six that is none
        return False
