"""HTTP handlers for editing a plan by hand: the page, the checker's verdict, and the saved draft."""

from typing import Any

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from geodata.clock_times import DAY_S
from sweep.board.accounts.accounts import DESK_ROLES
from sweep.board.accounts.sessions import Session
from sweep.board.board_state import Board
from sweep.board.guard.request_bodies import LARGE, read_json
from sweep.board.guard.route_table import ProtectedRoute
from sweep.board.pages.editions import folder_of
from sweep.board.pages.render_pages import page, texts_of, words
from sweep.board.worker_client import ask_worker
from sweep.day.journal.events_for_replan import begun_events, steps_json

_LONGEST_NAME = 60


async def edit_page(board: Board, request: Request, session: Session) -> Response:
    """Return the page on which a plan is edited; the page loads its data itself."""
    if board.editor is None:
        raise HTTPException(404)
    _folder(board, request)
    page_texts = words(texts_of(board, request), ("board.edit.",))
    place = f"/editions/{request.path_params['name']}/{request.path_params['plan_id']}"
    return page(board, request, session, "plan_editing/page.html.j2", words=page_texts, place=place, most=_LONGEST_NAME)


async def edited_plan(board: Board, request: Request, _session: Session) -> Response:
    """Return the published plan with all visits that it may include."""
    return JSONResponse(await ask_worker(board.editor, _question(board, request, "open")))


async def judge(board: Board, request: Request, _session: Session) -> Response:
    """Return the checker's verdict on an edited plan, and the cost of the edit."""
    content = await read_json(request, LARGE)
    question = {**_question(board, request, "judge"), "layout": _layout(content)}
    return JSONResponse(await ask_worker(board.editor, question))


async def save(board: Board, request: Request, session: Session) -> Response:
    """Save the edited plan as a draft under the name that the user gives."""
    content = await read_json(request, LARGE)
    name = " ".join(str(content.get("name", "")).split())
    if not 0 < len(name) <= _LONGEST_NAME or not name.isprintable():
        raise HTTPException(400)
    question = {**_question(board, request, "save"), "layout": _layout(content), "name": name}
    question |= {"who": session.who, "at": board.live.clock.stamp()}
    answer = await board.run_locked(lambda: ask_worker(board.editor, question), lambda made: "issues" not in made)
    return JSONResponse(answer, 422 if "issues" in answer else 200)


def _question(board: Board, request: Request, act: str) -> dict[str, Any]:
    folder = _folder(board, request)
    at_s = None
    if folder.name == board.plan_id and board.live.clock.is_on():
        now_s, shifts = board.live.clock.day_s(), [t.shift_s for t in board.live.edition.plan.teams]
        # Nothing is executed before the first team may leave; past midnight a day lasts as long as a shift.
        first_s, last_s = min((s for s, _ in shifts), default=0), max((end for _, end in shifts), default=0)
        at_s = now_s if first_s <= now_s < max(last_s, DAY_S) else None
    begun: list[tuple[str, str]] = []
    reports: list[dict[str, Any]] = []
    if at_s is not None:
        live = board.live
        known = live.edition.log.events if live.edition.log else ()
        begun_visits = begun_events(live.state, live.edition.plan, at_s, known)
        begun = [(event["team_id"], event["visit_id"]) for event in begun_visits]
        reports = steps_json(live.journal.entries)
    lang = texts_of(board, request).lang
    return {"do": act, "folder": str(folder), "at_s": at_s, "begun": begun, "reports": reports, "lang": lang}


def _folder(board: Board, request: Request) -> Any:
    return folder_of(board, request.path_params["name"], request.path_params["plan_id"])


def _layout(content: dict[str, Any]) -> dict[str, Any]:
    """Return the routes that a page sent, by team id, as stops [visit id, slot, start in seconds]; 400 if malformed."""
    layout = content.get("layout")
    if not isinstance(layout, dict) or not all(_is_lane(lane) for lane in layout.values()):
        raise HTTPException(400)
    return layout


def _is_lane(lane: object) -> bool:
    return isinstance(lane, list) and all(
        isinstance(stop, list) and [type(x) for x in stop] == [str, int, int] and 0 <= stop[2] < 2 * DAY_S
        for stop in lane
    )


_PLACE = "/editions/{name}/{plan_id}"

ROUTES = (
    ProtectedRoute(f"{_PLACE}/edit", edit_page, DESK_ROLES, is_page=True),
    ProtectedRoute(f"{_PLACE}/edit/plan", edited_plan, DESK_ROLES),
    ProtectedRoute(f"{_PLACE}/edit/judge", judge, DESK_ROLES, "POST"),
    ProtectedRoute(f"{_PLACE}/edit/save", save, DESK_ROLES, "POST"),
)
