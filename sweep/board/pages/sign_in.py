"""HTTP handlers for sign-in, enrolment of phones, sign-out, and the choice of language."""

import asyncio
from collections.abc import Sequence

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from geodata.message_catalogue import LANGUAGES
from sweep.audit.hash_chain import Json
from sweep.board.accounts.accounts import AUDITOR, DESK_ROLES, MARKET, TEAM, Role
from sweep.board.accounts.sessions import COOKIE, Session
from sweep.board.board_state import FAILED, Board
from sweep.board.guard.route_table import ProtectedRoute
from sweep.board.live_day import team_audience
from sweep.board.pages.render_pages import LANGUAGE_COOKIE, page
from sweep.publish.facts.team_facts import TeamFacts, team_facts
from sweep.publish.page.qr_code import qr_svg

# Start page of each role.
_HOME: dict[Role, str] = {TEAM: "/phone/", MARKET: "/brief", AUDITOR: "/journal"}


async def login_page(board: Board, request: Request, session: Session) -> Response:
    """Return the page with the sign-in form."""
    return page(board, request, session, "pages/login.html.j2", wrong=None, name="")


async def login(board: Board, request: Request, session: Session) -> Response:
    """Sign in with name and passphrase; a new session is begun, and an earlier one is never reused."""
    form, address, throttle = request.state.form, _address(request), board.throttle
    name, phrase = form.get("name", "")[:64], form.get("passphrase", "")
    account = board.account_of(name)
    kept = account.passphrase_hash if account and not account.is_closed else None
    # One attempt per address at a time: a client gains nothing from sending a hundred at once.
    async with throttle.lock_of(address):
        must_wait = throttle.wait_s(address, name) > 0
        if must_wait and not throttle.is_known(name, address):
            headers = _retry_after(board, address, name)
            made = page(board, request, session, "pages/login.html.j2", status=429, wrong="board.fault.429", name=name)
            made.headers.update(headers)
            return made
        if not await asyncio.to_thread(board.passphrases.matches, phrase, kept) or account is None:
            # Text typed in the name field may be a passphrase: it is logged only if it is the name of an account.
            _fail(board, "login", address, name, {"account": "-" if account is None else name}, is_logged=not must_wait)
            return page(
                board, request, session, "pages/login.html.j2", status=403, wrong="board.login.wrong", name=name
            )
    board.log_action(name, "login", {"role": account.role, "address": address})
    begun = board.sessions.begin(name, account.role, passphrase_hash=account.passphrase_hash)
    throttle.succeed(address, name)
    return _signed_in(board, begun)


async def logout(board: Board, request: Request, session: Session) -> Response:
    """Sign out: the server ends the session, and the browser deletes the data that it stored."""
    if session.sid:
        board.log_action(session.who, "logout", {})
        board.sessions.end_one(session.sid)
    answer = RedirectResponse("/login", 303)
    answer.delete_cookie(COOKIE, secure=True, httponly=True, samesite="strict")
    # A phone with unsent reports has deleted its orders itself, and keeps the reports encrypted.
    answer.headers["Clear-Site-Data"] = '"cache"' if request.state.form.get("unsent") else '"cache", "storage"'
    return answer


async def enrol_page(board: Board, request: Request, session: Session) -> Response:
    """Return the page that a phone's camera opens; the code is in the URL fragment, which no log contains."""
    return page(board, request, session, "pages/enrol.html.j2", is_wrong=False)


async def enrol(board: Board, request: Request, session: Session) -> Response:
    """Enrol a phone for a team and the day with a one-time code."""
    code, address = request.state.form.get("code", "")[:200], _address(request)
    team_id = board.enrolments.team_of(code)
    if team_id is None:
        if board.throttle.wait_s(address) > 0:
            raise HTTPException(429, headers=_retry_after(board, address))
        _fail(board, "enrol", address, None, {})
        return page(board, request, session, "pages/enrol.html.j2", status=403, is_wrong=True)
    board.log_action(team_id, "enrol", {"team_id": team_id, "address": address})
    begun = board.sessions.begin(team_id, TEAM, team_id)
    # Last, so that the code remains valid if the disk is full.
    board.enrolments.consume(code)
    return _signed_in(board, begun)


async def phones_page(board: Board, request: Request, session: Session) -> Response:
    """Return the page of the teams with the number of phones enrolled for each."""
    enrolled = [s.team_id for s in board.sessions.all() if s.team_id]
    teams = [(t, enrolled.count(t.team.team_id)) for t in team_facts(board.live.edition)]
    waiting = board.enrolments.teams()
    return page(board, request, session, "pages/phones.html.j2", teams=teams, waiting=waiting, codes=[])


async def phone_code(board: Board, request: Request, session: Session) -> Response:
    """Show new enrolment codes, once only, for one or all teams; or revoke the phones of a team."""
    form = request.state.form
    team_id = form.get("team_id", "")
    team = board.team(team_id)
    if "all" in form:
        return _codes_page(board, request, session, team_facts(board.live.edition))
    if team is None:
        raise HTTPException(404)
    if "shut" in form:
        board.log_action(session.who, "shut phones", {"team_id": team_id})
        board.sessions.end(lambda kept: kept.team_id != team_id)
        board.enrolments.drop(team_id)
        # Open pages reconnect, and learn that their session has ended.
        board.live.hub.cut_all(team_audience(team_id))
        return RedirectResponse("/phones", 303)
    return _codes_page(board, request, session, [team])


def _codes_page(board: Board, request: Request, session: Session, teams: Sequence[TeamFacts]) -> Response:
    codes = []
    for team in teams:
        team_id = team.team.team_id
        board.log_action(session.who, "phone code", {"team_id": team_id})
        link = f"{board.address}/enrol#{board.enrolments.issue(team_id)}"
        codes.append((team, qr_svg(link), link))
    return page(board, request, session, "pages/phones.html.j2", teams=[], codes=codes)


async def language(_board: Board, request: Request, session: Session) -> Response:
    """Set the language, and redirect to the start page of the role, never to an address named in the request."""
    form = request.state.form
    chosen = form.get("lang", "")
    answer = RedirectResponse(home_of(session) if session.sid else "/login", 303)
    if chosen in LANGUAGES:
        answer.set_cookie(LANGUAGE_COOKIE, chosen, secure=True, httponly=True, samesite="strict", max_age=31_536_000)
    return answer


def home_of(session: Session) -> str:
    """Return the path of the start page of a session's role."""
    return _HOME.get(session.role, "/")


def _signed_in(board: Board, session: Session) -> Response:
    answer = RedirectResponse(home_of(session), 303)
    cookie = board.sessions.cookie(session.sid)
    answer.set_cookie(COOKIE, cookie, secure=True, httponly=True, samesite="strict", path="/")
    return answer


def _address(request: Request) -> str:
    return request.client.host if request.client else "-"


def _retry_after(board: Board, address: str, name: str | None = None) -> dict[str, str]:
    """Count a sign-in refused during the wait after failures; return the Retry-After header with the seconds left."""
    board.throttle.count_failure(address)
    return {"Retry-After": str(int(board.throttle.wait_s(address, name)) + 1)}


def _fail(
    board: Board, act: str, address: str, name: str | None, facts: dict[str, Json], *, is_logged: bool = True
) -> None:
    """Count a failed `act` (`login`, `enrol`) at an address; log it with `facts` if `is_logged`. `name`: account."""
    board.throttle.fail(address, name)
    n = board.throttle.count_failure(address)
    if is_logged:
        board.log_action("-", f"{act}{FAILED}", {**facts, "address": address, "n": n})
        board.throttle.reset_count(address)


ROUTES = (
    ProtectedRoute("/login", login_page, None, is_page=True),
    ProtectedRoute("/login", login, None, "POST", is_form=True),
    ProtectedRoute("/logout", logout, None, "POST", is_form=True),
    ProtectedRoute("/enrol", enrol_page, None, is_page=True),
    ProtectedRoute("/enrol", enrol, None, "POST", is_form=True),
    ProtectedRoute("/language", language, None, "POST", is_form=True),
    ProtectedRoute("/phones", phones_page, DESK_ROLES, is_page=True),
    ProtectedRoute("/phones", phone_code, DESK_ROLES, "POST", is_form=True),
)
