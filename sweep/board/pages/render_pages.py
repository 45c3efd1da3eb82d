"""Rendering of pages and errors from templates, as HTML or JSON, with escaped values and a nonce."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from functools import cache
from importlib import resources
from typing import TYPE_CHECKING

from jinja2 import Environment
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, Response

from geodata.errors import Code, InputError
from geodata.message_catalogue import LANGUAGES, Texts, load_texts
from sweep.board.accounts.sessions import COOKIE, Session
from sweep.board.guard.response_headers import POLICY, policy_of_page
from sweep.board.guard.route_table import ANONYMOUS
from sweep.board.worker_client import issues_json
from sweep.publish.page.escape import json_for_script
from sweep.publish.page.render_pages import static_text, template_environment

if TYPE_CHECKING:
    from sweep.board.board_state import Board

LANGUAGE_COOKIE = "sweep_lang"


@cache
def _environment() -> Environment:
    environment = template_environment("sweep.board")
    # Values that a page sends back, and link targets, use `e`: escaped without further change.
    environment.filters["script_json"] = json_for_script
    return environment


def texts_of(board: Board, request: Request) -> Texts:
    """Return the texts in the language that the reader has chosen, else in the scenario's."""
    chosen = request.cookies.get(LANGUAGE_COOKIE)
    return load_texts(chosen if chosen in LANGUAGES else board.live.edition.scenario.lang)


def published_page(text: str) -> HTMLResponse:
    """Return a response with a published page; its security policy (CSP) allows only the page's scripts and styles."""
    return HTMLResponse(text, headers={POLICY: policy_of_page(text)})


def page(
    board: Board, request: Request, session: Session, template: str, *, status: int = 200, **values: object
) -> HTMLResponse:
    """Return a page from a template of the board, which gets texts (`t`), session, CSRF token and `values`, by name."""
    texts = texts_of(board, request)
    text = (
        _environment()
        .get_template(template)
        .render(
            t=texts,
            nonce=request.state.nonce,
            session=session,
            token=board.sessions.token(session.sid),
            exercise=f"board.exercise.{board.exercise}" if board.is_exercise else "",
            is_exercise=board.is_exercise,
            has_runs=board.runs is not None,
            n_failed=board.throttle.n_failed,
            other="en" if texts.lang == "zh_CN" else "zh_CN",
            scenario=board.live.edition.scenario,
            base_style=static_text("page/style.css"),
            **values,
        )
    )
    return HTMLResponse(text, status)


def words(texts: Texts, prefixes: tuple[str, ...]) -> dict[str, str]:
    """Return, by key, the texts whose keys begin with one of `prefixes`, placeholders unfilled, for a page's script."""
    return {key: texts.raw(key) for key in sorted(texts.keys()) if key.startswith(prefixes)}


@cache
def own_text(name: str, shared: Sequence[str] = ()) -> str:
    """Return a file of `sweep/board/` as text; for a folder, the files `shared` and its scripts joined into one."""
    folder = resources.files("sweep.board")
    place = folder / name
    if place.is_file():
        return place.read_text(encoding="utf-8")
    parts = sorted((p for p in place.iterdir() if p.name.endswith(".js")), key=lambda p: p.name)
    code = "\n".join(part.read_text(encoding="utf-8") for part in [*(folder / name for name in shared), *parts])
    return f'(function () {{\n"use strict";\n{code}}})();\n'


def refusal(board: Board) -> Callable[[Request, Exception], Awaitable[Response]]:
    """Return the function that turns an exception into the response of the application."""

    async def answer(request: Request, error: Exception) -> Response:
        status = error.status_code if isinstance(error, HTTPException) else 500
        headers = error.headers if isinstance(error, HTTPException) else None
        issues = error.issues if isinstance(error, InputError) else ()
        if issues:
            status = 507 if any(i.code == Code.DISK_FULL for i in issues) else 422
        if "text/html" not in request.headers.get("accept", ""):
            content = issues_json(issues, texts_of(board, request)) if issues else {"status": status}
            return JSONResponse(content, status, dict(headers or {}))
        session = board.sessions.of_cookie(request.cookies.get(COOKIE)) or ANONYMOUS
        code = status if status in (400, 401, 403, 404, 408, 413, 415, 429) else 500
        made = page(
            board, request, session, "pages/fault.html.j2", status=status, number=status, code=code, issues=issues
        )
        made.headers.update(headers or {})
        return made

    return answer
