"""Faults as the board answers them: a page for whoever reads, JSON for a script; never a word of the machine's own."""

from __future__ import annotations

from typing import TYPE_CHECKING

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from geodata.errors import InputError
from geodata.texts import Texts
from sweep.board.accounts.sessions import COOKIE
from sweep.board.guard.ways import NOBODY
from sweep.board.pages.render import page, texts_of

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from sweep.board.board import Board


def fault_response(error: InputError, texts: Texts) -> JSONResponse:
    """What is wrong with what a script sent, each fault with its mend."""
    issues = [{"code": i.code, "what": i.what(texts), "fix": i.fix(texts)} for i in error.issues]
    return JSONResponse({"issues": issues}, _status_of(error))


def _status_of(error: InputError) -> int:
    """507 where the disk takes no more, 422 for whatever else is wrong."""
    return 507 if any(i.code == "S973" for i in error.issues) else 422


def refusal(board: Board) -> Callable[[Request, Exception], Awaitable[Response]]:
    """What answers a request that was refused."""

    async def answer(request: Request, error: Exception) -> Response:
        status = error.status_code if isinstance(error, HTTPException) else 500
        headers = error.headers if isinstance(error, HTTPException) else None
        if isinstance(error, InputError):
            status = _status_of(error)
        if "text/html" not in request.headers.get("accept", ""):
            if isinstance(error, InputError):
                return fault_response(error, texts_of(board, request))
            return JSONResponse({"status": status}, status, dict(headers or {}))
        session = board.sessions.of_cookie(request.cookies.get(COOKIE)) or NOBODY
        issues = error.issues if isinstance(error, InputError) else ()
        code = status if status in (400, 401, 403, 404, 408, 413, 415, 429) else 500
        made = page(
            board, request, session, "pages/fault.html.j2", status=status, number=status, code=code, issues=issues
        )
        made.headers.update(headers or {})
        return made

    return answer
