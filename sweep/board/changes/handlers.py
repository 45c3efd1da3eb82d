"""HTTP handlers that re-plan the rest of the day: preview of a change, and its activation."""

from collections.abc import Mapping
from typing import Any

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from geodata.errors import InputError
from sweep.board.accounts.accounts import DESK_ROLES
from sweep.board.accounts.sessions import Session
from sweep.board.board_state import Board
from sweep.board.desk.desk_json import forecasts
from sweep.board.guard.request_bodies import read_json
from sweep.board.guard.route_table import ProtectedRoute
from sweep.board.pages.render_pages import texts_of
from sweep.board.worker_client import ask_worker
from sweep.day.journal.events_for_replan import journal_events, open_events, steps_json
from sweep.jobs.replan.load_plan_of_day import service_of


async def preview_change(board: Board, request: Request, _session: Session) -> Response:
    """Re-plan for the events that the plan does not cover yet, and return the differences from the plan in force."""
    content = await read_json(request)
    live = board.live
    # A change starts at a whole minute, as printed times do.
    at_s = live.report_s() // 60 * 60
    edition, known = live.edition, live.edition.log.events if live.edition.log else ()
    service_s = service_of(edition)
    # The result is on the screen two seconds after the click.
    question = {
        "do": "diff",
        "at_s": at_s,
        "events": journal_events(live.journal.entries, live.state, edition.plan, board.plan_id, at_s, service_s, known),
        "reserve": content.get("reserve") is True,
        "limit_s": 1.0,
        "lang": texts_of(board, request).lang,
        "open_events": open_events(live.journal.entries, board.plan_id),
        "answers_to": live.state.n,
        "reports": steps_json(live.journal.entries),
    }
    answer = await ask_worker(board.planner, question)
    for change in answer.get("changes", ()):
        change["silent"] = _silent_teams(board, at_s, change)
    return JSONResponse(answer)


def _silent_teams(board: Board, at_s: int, change: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Return those teams of a changed stop whose next report is overdue at `at_s`: new orders may not reach them."""
    teams = {change["team_before"], change["team_after"]} - {None}
    expected = sorted(forecasts(board.live.edition, board.live.state, at_s, teams).items())
    return [
        {"team": team_id, "due_s": forecast.due_s}
        for team_id, forecast in expected
        if forecast.due_s is not None and forecast.due_s < at_s
    ]


async def activate_change(board: Board, request: Request, session: Session) -> Response:
    """Activate the previewed change as a new edition, sent to phones at once; also approve it unless in an exercise."""
    content = await read_json(request)
    if not isinstance(content.get("shown"), str):
        raise HTTPException(400)
    asked = {
        "do": "apply",
        "shown": content["shown"],
        "open_events": open_events(board.live.journal.entries, board.plan_id),
        "reports": steps_json(board.live.journal.entries),
        "who": session.who,
        "at": board.live.clock.stamp(),
        "lang": texts_of(board, request).lang,
        # On a real day only an approved plan is an order; activation by the planner is the approval.
        "approve": not board.is_exercise,
    }
    try:
        answer = await board.run_locked(
            lambda: ask_worker(board.planner, asked), lambda made: "plan_id" in made, replaces=True
        )
        if "plan_id" in answer:
            activate_plan(board, str(answer["plan_id"]), session.who, answer["answers_to"])
    except InputError:
        if board.planner is not None:
            await board.planner.end_outdated()
        raise
    return JSONResponse(answer)


def activate_plan(board: Board, plan_id: str, who: str, answers_to: int | None = None) -> None:
    """
    Make a plan the plan in force: log it, and append it to the journal.

    Parameters
    ----------
    who
        Person who activates it, for the log.
    answers_to
        Number of the last journal entry that the plan takes into account; None: the whole journal.

    Raises
    ------
    InputError
        S973 if the disk is full.
    """
    board.log_action(who, "put in force", {"plan_id": plan_id})
    n = len(board.live.journal.entries)
    board.append_activation(plan_id, who, {"answers_to": n if answers_to is None else answers_to})
    if board.planner is not None:
        board.planner.arguments = (str(board.folder_of(plan_id)), *board.planner.arguments[1:])


ROUTES = (
    ProtectedRoute("/desk/diff", preview_change, DESK_ROLES, "POST"),
    ProtectedRoute("/desk/apply", activate_change, DESK_ROLES, "POST"),
)
