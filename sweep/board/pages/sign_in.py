"""Signing in with a passphrase, enrolling a phone with a code, signing out, and the choice of a language."""

from __future__ import annotations

import asyncio

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from geodata.texts import LANGUAGES
from sweep.board.accounts.accounts import ACTING, AUDITOR, MARKET, TEAM, Role
from sweep.board.accounts.sessions import COOKIE, Session
from sweep.board.board import Board
from sweep.board.guard.ways import Way
from sweep.board.pages.render import LANGUAGE_COOKIE, page
from sweep.board.tls.qr import qr_svg

# Where each role begins.
_HOME: dict[Role, str] = {TEAM: "/phone/", MARKET: "/brief", AUDITOR: "/journal"}


async def login_page(board: Board, request: Request, session: Session) -> Response:
    """The form to sign in by."""
    return page(board, request, session, "pages/login.html.j2", is_wrong=False)


async def login(board: Board, request: Request, session: Session) -> Response:
    """Sign in; a new session whatever cookie there was."""
    form = request.state.form
    name, phrase = form.get("name", "")[:64], form.get("passphrase", "")
    keys = (f"name:{name}", _address(request))
    _refuse_hurry(board, keys)
    account = board.account_of(name)
    kept = account.passphrase_hash if account and not account.is_closed else None
    # The slip is noted before the passphrase is looked at: who tries a hundred at once is no better off.
    board.tries.slip(keys)
    if not await asyncio.to_thread(board.passphrases.fits, phrase, kept) or account is None:
        return page(board, request, session, "pages/login.html.j2", status=403, is_wrong=True)
    for key in keys:
        board.tries.forgive(key)
    board.enter(name, "login", {"role": account.role})
    return _signed_in(board, board.sessions.begin(name, account.role, passphrase_hash=account.passphrase_hash))


async def logout(board: Board, _request: Request, session: Session) -> Response:
    """Sign out: the session is over on the server, too."""
    if session.sid:
        board.enter(session.who, "logout", {})
        board.sessions.end_one(session.sid)
    answer = RedirectResponse("/login", 303)
    answer.delete_cookie(COOKIE, secure=True, httponly=True, samesite="strict")
    return answer


async def enrol_page(board: Board, request: Request, session: Session) -> Response:
    """Where a phone's camera leads; the code stands behind the # and is in no log."""
    return page(board, request, session, "pages/enrol.html.j2", is_wrong=False)


async def enrol(board: Board, request: Request, session: Session) -> Response:
    """Use up a code: this phone is the team's for the day."""
    form = request.state.form
    keys = (f"enrol:{_address(request)}",)
    _refuse_hurry(board, keys)
    team_id = board.enrolments.use(form.get("code", "")[:200], board.day)
    if team_id is None:
        board.tries.slip(keys)
        return page(board, request, session, "pages/enrol.html.j2", status=403, is_wrong=True)
    board.enter(team_id, "enrol", {"team_id": team_id})
    return _signed_in(board, board.sessions.begin(team_id, TEAM, team_id))


async def phones_page(board: Board, request: Request, session: Session) -> Response:
    """Teams, and how many phones of each are enrolled."""
    enrolled = [s.team_id for s in board.sessions.all() if s.team_id]
    teams = [(t.team_id, enrolled.count(t.team_id)) for t in board.live.edition.plan.teams]
    waiting = board.enrolments.teams()
    return page(board, request, session, "pages/phones.html.j2", teams=teams, waiting=waiting, code=None)


async def phone_code(board: Board, request: Request, session: Session) -> Response:
    """A code for a team's phone, shown once, to be read by its camera; or all phones of a team shut out."""
    form = request.state.form
    team_id = form.get("team_id", "")
    if board.team(team_id) is None:
        raise HTTPException(404)
    if "shut" in form:
        board.enter(session.who, "shut phones", {"team_id": team_id})
        board.enrolments.drop(team_id)
        board.sessions.end(lambda kept: kept.team_id != team_id)
        return RedirectResponse("/phones", 303)
    board.enter(session.who, "phone code", {"team_id": team_id})
    link = f"{board.address}/enrol#{board.enrolments.issue(team_id, board.day)}"
    return page(
        board, request, session, "pages/phones.html.j2", teams=[], code=qr_svg(link), link=link, team_id=team_id
    )


async def language(_board: Board, request: Request, session: Session) -> Response:
    """Choose a language; back to where the reader's day begins, and nowhere that a link could name."""
    form = request.state.form
    chosen = form.get("lang", "")
    answer = RedirectResponse(home_of(session) if session.sid else "/login", 303)
    if chosen in LANGUAGES:
        answer.set_cookie(LANGUAGE_COOKIE, chosen, secure=True, httponly=True, samesite="strict", max_age=31_536_000)
    return answer


def home_of(session: Session) -> str:
    """The page on which a role begins."""
    return _HOME.get(session.role, "/")


def _signed_in(board: Board, session: Session) -> Response:
    answer = RedirectResponse(home_of(session), 303)
    cookie = board.sessions.cookie(session.sid)
    answer.set_cookie(COOKIE, cookie, secure=True, httponly=True, samesite="strict", path="/")
    return answer


def _address(request: Request) -> str:
    return f"from:{request.client.host if request.client else '-'}"


def _refuse_hurry(board: Board, keys: tuple[str, ...]) -> None:
    wait_s = board.tries.wait_s(keys)
    if wait_s > 0:
        raise HTTPException(429, headers={"Retry-After": str(int(wait_s) + 1)})


WAYS = (
    Way("/login", login_page, None, is_page=True),
    Way("/login", login, None, "POST", is_form=True),
    Way("/logout", logout, None, "POST", is_form=True),
    Way("/enrol", enrol_page, None, is_page=True),
    Way("/enrol", enrol, None, "POST", is_form=True),
    Way("/language", language, None, "POST", is_form=True),
    Way("/phones", phones_page, ACTING, is_page=True),
    Way("/phones", phone_code, ACTING, "POST", is_form=True),
)
