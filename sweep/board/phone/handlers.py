"""HTTP handlers of a team's phone: page, orders, reports, location, event stream."""

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from geodata.schema import RESULT_ANSWERS, RESULT_COUNTS, RESULT_TEXTS, UNIT_STATES
from sweep.board.accounts.accounts import TEAM
from sweep.board.accounts.sessions import Session
from sweep.board.board_state import Board
from sweep.board.guard.request_bodies import LARGE, read_json
from sweep.board.guard.response_headers import PERMISSIONS
from sweep.board.guard.route_table import ProtectedRoute, session_validity
from sweep.board.live_day import team_audience
from sweep.board.pages.render_pages import own_text, page, texts_of, words
from sweep.board.phone.phone_orders import orders_of
from sweep.board.phone.phone_reports import take_batch
from sweep.board.sse.event_stream import event_bytes, last_seen, stream
from sweep.board.team_locations import read_place
from sweep.day.journal.day_state import is_of_earlier_try, reported_of
from sweep.publish.facts.iso_and_release_times import release_s, release_text
from sweep.publish.facts.team_facts import TeamFacts

_TEAM = frozenset({TEAM})


async def phone_page(board: Board, request: Request, session: Session) -> Response:
    """Return the page that a phone stores for offline use; the page itself contains no order."""
    texts = texts_of(board, request)
    page_texts = words(texts, ("board.phone.", "board.kind.", "item.", "unit_state.", "codes.door."))
    page_texts |= {
        k: texts(f"column.{k}")
        for k in (*RESULT_COUNTS, *RESULT_ANSWERS, "recheck_on", *RESULT_TEXTS)
        if f"column.{k}" in texts
    }
    response = page(
        board,
        request,
        session,
        "phone/page.html.j2",
        words=page_texts,
        states=UNIT_STATES,
        counts=RESULT_COUNTS,
        answers=RESULT_ANSWERS,
        day=board.day,
        seal=board.sessions.seal(str(session.team_id)),
        has_places=board.live.places is not None,
    )
    if board.live.places is not None:
        response.headers[PERMISSIONS] = "camera=(), microphone=(), geolocation=(self)"
    return response


async def worker(_board: Board, _request: Request, _session: Session) -> Response:
    """Return the service worker script, which answers the page's requests without a network."""
    return Response(own_text("phone/worker.js"), media_type="text/javascript")


async def orders(board: Board, request: Request, session: Session) -> Response:
    """Return the order of the phone's own team, once its release time has come (C26)."""
    team = board.team(session.team_id)
    if team is None:
        raise HTTPException(404)
    edition, texts = board.live.edition, texts_of(board, request)
    base: dict[str, object] = {
        "now": board.live.clock.day_s(),
        "speed": board.live.clock.speed,
        "is_exercise": board.is_exercise,
    }
    base |= {"places": board.live.places is not None}
    if not board.is_released(team):
        return JSONResponse({**base, "from": release_text(edition, release_s(edition, team))}, 403)
    base |= {"lasts_s": board.sessions.lasts_s(session)}
    own = board.live.state.teams.get(team.team.team_id)
    delayed_until = texts.clock(own.until_s) if own and own.state == "held" and own.until_s is not None else None
    base |= {"codes": board.live.in_force["codes"], "held": delayed_until, "done": _reported_steps(board, team)}
    return JSONResponse(base | orders_of(edition, team, texts))


def _reported_steps(board: Board, team: TeamFacts) -> dict[str, dict[str, str | bool | int | None]]:
    """
    Return by visit id what the team has reported, so that a newly enrolled phone continues from there.

    `step`: last step or outcome; `again`: whether it belongs to an earlier attempt; `found`: number of finds.
    """
    steps = ("left", "arrived", "inside")
    state, planned = board.live.state, {s.stop.visit_id: s.stop for s in team.stops}
    steps_by_visit: dict[str, dict[str, str | bool | int | None]] = {}
    for (team_id, visit_id), known in state.stops.items():
        if team_id == team.team.team_id:
            own = planned.get(visit_id)
            stop = known if own is None else reported_of(own, team_id, state)
            taken = {s: at_s for s in reversed(steps) if (at_s := getattr(stop, f"{s}_s")) is not None}
            # A wrong button is followed by the right one, so the later report counts.
            last = max(taken, key=lambda s: taken[s], default=None)
            is_again = own is not None and is_of_earlier_try(own, known, state.answered_n)
            steps_by_visit[visit_id] = {
                "step": stop.outcome or last,
                "outcome": stop.outcome,
                "again": is_again,
                "found": max(0, stop.n_found),
            }
    return steps_by_visit


async def reports(board: Board, request: Request, session: Session) -> Response:
    """Store reports of a phone; the response names the reports, by hash, that the journal contains."""
    batch = await read_json(request, LARGE)
    return JSONResponse(take_batch(board, str(session.team_id), batch))


async def place(board: Board, request: Request, session: Session) -> Response:
    """Store the location of a team for the day, if the scenario allows it."""
    places = board.live.places
    if places is None:
        raise HTTPException(404)
    location = read_place(await read_json(request))
    if location is None:
        raise HTTPException(400)
    places.note(str(session.team_id), *location, board.live.clock.report_s())
    board.live.tick(session.team_id)
    return Response(status_code=204)


async def phone_stream(board: Board, request: Request, session: Session) -> Response:
    """Stream new orders and messages to a phone."""
    team_id, seen = str(session.team_id), last_seen(request)

    def first() -> bytes:
        to = (team_id, "all")
        messages = [m for m in board.live.changes_since(seen)["messages"] if m["to"] in to]
        return event_bytes({**board.live.in_force, "messages": messages}, board.live.state.n)

    return stream(board.live.hub, team_audience(team_id), first, session_validity(board, session))


ROUTES = (
    ProtectedRoute("/phone/", phone_page, _TEAM, is_page=True),
    ProtectedRoute("/phone/worker.js", worker, None),
    ProtectedRoute("/phone/orders", orders, _TEAM),
    ProtectedRoute("/phone/reports", reports, _TEAM, "POST"),
    ProtectedRoute("/phone/place", place, _TEAM, "POST"),
    ProtectedRoute("/phone/stream", phone_stream, _TEAM),
)
