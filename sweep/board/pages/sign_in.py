"""Signing in with a passphrase, enrolling a phone with a code, signing out, and the choice of a language."""

import asyncio
from collections.abc import Sequence

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from geodata.message_catalogue import LANGUAGES
from sweep.audit.hash_chain import Json
from sweep.board.accounts.accounts import ACTING, AUDITOR, MARKET, TEAM, Role
from sweep.board.accounts.enrolment import qr_svg
from sweep.board.accounts.sessions import COOKIE, Session
from sweep.board.board_state import FAILED, Board
from sweep.board.guard.protected_routes import Way
from sweep.board.live_day import team_audience
from sweep.board.pages.templates import LANGUAGE_COOKIE, page
from sweep.publish.facts.team_facts import TeamFacts, team_facts

# Where each role begins.
_HOME: dict[Role, str] = {TEAM: "/phone/", MARKET: "/brief", AUDITOR: "/journal"}


async def login_page(board: Board, request: Request, session: Session) -> Response:
    """The form to sign in by."""
    return page(board, request, session, "pages/login.html.j2", wrong=None, name="")


async def login(board: Board, request: Request, session: Session) -> Response:
    """Sign in; a new session whatever cookie there was."""
    form, address, tries = request.state.form, _address(request), board.tries
    name, phrase = form.get("name", "")[:64], form.get("passphrase", "")
    account = board.account_of(name)
    kept = account.passphrase_hash if account and not account.is_closed else None
    # One of an address at a time: a client that sends a hundred at once is no better off.
    async with tries.turn(address):
        must_wait = tries.wait_s(address, name) > 0
        if must_wait and not tries.is_known(name, address):
            headers = _hurry(board, address, name)
            made = page(board, request, session, "pages/login.html.j2", status=429, wrong="board.fault.429", name=name)
            made.headers.update(headers)
            return made
        if not await asyncio.to_thread(board.passphrases.fits, phrase, kept) or account is None:
            # What is typed in place of a name may be a passphrase: it is not logged unless it is an account.
            _fail(board, "login", address, name, {"account": "-" if account is None else name}, is_logged=not must_wait)
            return page(
                board, request, session, "pages/login.html.j2", status=403, wrong="board.login.wrong", name=name
            )
    board.enter(name, "login", {"role": account.role, "address": address})
    begun = board.sessions.begin(name, account.role, passphrase_hash=account.passphrase_hash)
    tries.succeed(address, name)
    return _signed_in(board, begun)


async def logout(board: Board, request: Request, session: Session) -> Response:
    """Sign out: the session is over on the server, too, and the browser deletes what it stored."""
    if session.sid:
        board.enter(session.who, "logout", {})
        board.sessions.end_one(session.sid)
    answer = RedirectResponse("/login", 303)
    answer.delete_cookie(COOKIE, secure=True, httponly=True, samesite="strict")
    # A phone that could not send all its reports has deleted its order itself, and keeps those encrypted.
    answer.headers["Clear-Site-Data"] = '"cache"' if request.state.form.get("unsent") else '"cache", "storage"'
    return answer


async def enrol_page(board: Board, request: Request, session: Session) -> Response:
    """Where a phone's camera leads; the code stands behind the # and is in no log."""
    return page(board, request, session, "pages/enrol.html.j2", is_wrong=False)


async def enrol(board: Board, request: Request, session: Session) -> Response:
    """Use up a code: this phone is the team's for the day."""
    code, address = request.state.form.get("code", "")[:200], _address(request)
    team_id = board.enrolments.team_of(code, board.day)
    if team_id is None:
        if board.tries.wait_s(address) > 0:
            raise HTTPException(429, headers=_hurry(board, address))
        _fail(board, "enrol", address, None, {})
        return page(board, request, session, "pages/enrol.html.j2", status=403, is_wrong=True)
    board.enter(team_id, "enrol", {"team_id": team_id, "address": address})
    begun = board.sessions.begin(team_id, TEAM, team_id)
    # Last: a full disk leaves the code as it was.
    board.enrolments.use_up(code)
    return _signed_in(board, begun)


async def phones_page(board: Board, request: Request, session: Session) -> Response:
    """Teams, and how many phones of each are enrolled."""
    enrolled = [s.team_id for s in board.sessions.all() if s.team_id]
    teams = [(t, enrolled.count(t.team.team_id)) for t in team_facts(board.live.edition)]
    waiting = board.enrolments.teams()
    return page(board, request, session, "pages/phones.html.j2", teams=teams, waiting=waiting, codes=[])


async def phone_code(board: Board, request: Request, session: Session) -> Response:
    """Codes for the phone of a team or of each team, shown once, to be read by its camera; or its phones revoked."""
    form = request.state.form
    team_id = form.get("team_id", "")
    team = board.team(team_id)
    if "all" in form:
        return _codes_page(board, request, session, team_facts(board.live.edition))
    if team is None:
        raise HTTPException(404)
    if "shut" in form:
        board.enter(session.who, "shut phones", {"team_id": team_id})
        board.sessions.end(lambda kept: kept.team_id != team_id)
        board.enrolments.drop(team_id)
        # Open pages ask again, and learn that their session is over.
        board.live.hub.cut_all(team_audience(team_id))
        return RedirectResponse("/phones", 303)
    return _codes_page(board, request, session, [team])


def _codes_page(board: Board, request: Request, session: Session, teams: Sequence[TeamFacts]) -> Response:
    codes = []
    for team in teams:
        team_id = team.team.team_id
        board.enter(session.who, "phone code", {"team_id": team_id})
        link = f"{board.address}/enrol#{board.enrolments.issue(team_id, board.day)}"
        codes.append((team, qr_svg(link), link))
    return page(board, request, session, "pages/phones.html.j2", teams=[], codes=codes)


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
    return request.client.host if request.client else "-"


def _hurry(board: Board, address: str, name: str | None = None) -> dict[str, str]:
    """Count a try that came too soon; the header that says how long to wait."""
    board.tries.note(address)
    return {"Retry-After": str(int(board.tries.wait_s(address, name)) + 1)}


def _fail(
    board: Board, act: str, address: str, name: str | None, facts: dict[str, Json], *, is_logged: bool = True
) -> None:
    """
    Count a failed sign-in, and log it with its address.

    Parameters
    ----------
    is_logged
        False during a wait: a flood makes no flood of lines, and the next line of the address holds the number.
    """
    board.tries.fail(address, name)
    n = board.tries.note(address)
    if is_logged:
        board.enter("-", f"{act}{FAILED}", {**facts, "address": address, "n": n})
        board.tries.forget_noted(address)


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
