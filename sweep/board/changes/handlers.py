"""The rest of the day planned anew from the board: shown first, then put in force on a click."""

from collections.abc import Mapping
from typing import Any

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from geodata.errors import InputError
from sweep.audit.hash_chain import Json
from sweep.board.accounts.accounts import ACTING
from sweep.board.accounts.sessions import Session
from sweep.board.board_state import Board
from sweep.board.desk.desk_json import forecasts
from sweep.board.guard.protected_routes import Way
from sweep.board.guard.request_bodies import read_json
from sweep.board.pages.templates import texts_of
from sweep.board.worker_client import answered
from sweep.day.journal.entry import Report
from sweep.day.journal.replan_events import journal_events, open_events, steps_json
from sweep.jobs.replan.load_plan_of_day import service_of


async def diff(board: Board, request: Request, _session: Session) -> Response:
    """Plan the rest anew for what the plan does not answer to yet, and show what would change."""
    content = await read_json(request)
    live = board.live
    # A change is of a whole minute, as clocks are written.
    at_s = live.report_s() // 60 * 60
    edition, known = live.edition, live.edition.log.events if live.edition.log else ()
    service_s = service_of(edition)
    # The answer is on the screen two seconds after the click.
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
    answer = await answered(board.planner, question)
    for change in answer.get("changes", ()):
        change["silent"] = _silent_teams(board, at_s, change)
    return JSONResponse(answer)


def _silent_teams(board: Board, at_s: int, change: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Teams of a change that owe a report, with the second it was due: they may be elsewhere, and not get the order."""
    teams = {change["team_before"], change["team_after"]} - {None}
    expected = sorted(forecasts(board.live.edition, board.live.state, at_s, teams).items())
    return [
        {"team": team_id, "due_s": forecast.due_s}
        for team_id, forecast in expected
        if forecast.due_s is not None and forecast.due_s < at_s
    ]


async def apply(board: Board, request: Request, session: Session) -> Response:
    """Put the change in force that was shown: a new edition, approved by whoever does so, which phones get at once."""
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
        # In earnest nothing is an order that nobody has approved; whoever puts it in force does.
        "approve": not board.is_exercise,
    }
    try:
        answer = await board.hold(lambda: answered(board.planner, asked), lambda made: "plan_id" in made, replaces=True)
        if "plan_id" in answer:
            put_in_force(board, str(answer["plan_id"]), session.who, answer["answers_to"])
    except InputError:
        if board.planner is not None:
            await board.planner.forget()
        raise
    return JSONResponse(answer)


def put_in_force(board: Board, plan_id: str, who: str, answers_to: int | None = None) -> None:
    """
    Run the day by a plan from now on.

    Parameters
    ----------
    answers_to
        Number of the journal's last entry when the plan was made; None: it answers to all that was noted so far.

    Raises
    ------
    InputError
        S973 if the disk takes no more.
    """
    board.enter(who, "put in force", {"plan_id": plan_id})
    n = len(board.live.journal.entries)
    body: dict[str, Json] = {
        "plan_id": plan_id,
        "day": board.day,
        "is_exercise": board.is_exercise,
        "answers_to": n if answers_to is None else answers_to,
    }
    now_s = board.live.report_s()
    board.live.take([Report(f"edition/{n + 1}/{plan_id}", "edition", who, "", now_s, body, plan_id)])
    if board.planner is not None:
        board.planner.arguments = (str(board.folder_of(plan_id)), *board.planner.arguments[1:])


WAYS = (
    Way("/desk/diff", diff, ACTING, "POST"),
    Way("/desk/apply", apply, ACTING, "POST"),
)
