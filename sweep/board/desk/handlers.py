"""HTTP handlers of the desk: its page, event stream, map data and reports."""

import json
import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import numpy as np
import shapely
from shapely.geometry.base import BaseGeometry
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from geodata.errors import InputError, Issue
from geodata.schema import LEAD_TYPES
from sweep.board.accounts.accounts import DESK_ROLES, VIEW_ROLES
from sweep.board.accounts.sessions import Session
from sweep.board.board_state import Board
from sweep.board.desk.desk_json import district_words
from sweep.board.guard.request_bodies import SMALL, read_json
from sweep.board.guard.route_table import ProtectedRoute, session_validity
from sweep.board.live_day import BOARD
from sweep.board.pages.render_pages import page, texts_of, words
from sweep.board.sse.event_stream import event_bytes, last_seen, stream
from sweep.day.event_consistency import contradiction_issues, known_ids
from sweep.day.event_records import Event
from sweep.day.events_file import event_issues, read_events
from sweep.day.journal.events_for_replan import events_for_replan
from sweep.day.journal.journal_entry import Report
from sweep.day.journal.report_kinds import OF_DESK, checked_body, past_midnight
from sweep.publish.edition import Edition, once_per_edition
from sweep.publish.page.team_colours import NOT_REACHED

_OWN_ID = re.compile(r"[0-9a-zA-Z-]{8,64}")


async def board_page(board: Board, request: Request, session: Session) -> Response:
    """Return the page of the control desk."""
    texts = texts_of(board, request)
    page_texts = words(
        texts,
        (
            "board.state.",
            "board.kind.",
            "board.desk.",
            "lead_type.",
            "map.zoom_",
            "replan.kind.",
            "replan.cause.",
            "board.comma",
        ),
    )
    page_texts |= district_words(board.live.edition, texts)
    return page(
        board,
        request,
        session,
        "desk/page.html.j2",
        words=page_texts,
        may_act=session.role in DESK_ROLES,
        may_change=session.role in DESK_ROLES and board.planner is not None,
        lead_types=LEAD_TYPES,
        is_big="big" in request.query_params,
        # A wall display shows the board and no control except the link back.
        is_bare="big" in request.query_params,
        grey=NOT_REACHED,
    )


async def board_stream(board: Board, request: Request, session: Session) -> Response:
    """Stream to the desk's page the changes that it has not seen, then every new change."""
    seen = last_seen(request)

    def first() -> bytes:
        return event_bytes(board.live.changes_since(seen), board.live.state.n)

    return stream(board.live.hub, BOARD, first, session_validity(board, session))


async def ground(board: Board, _request: Request, _session: Session) -> Response:
    """Return the streets and water for the desk's map, as JSON."""
    headers = {"Cache-Control": "private, max-age=3600"}
    return Response(ground_json(board.live.edition), media_type="application/json", headers=headers)


async def team_routes(board: Board, _request: Request, _session: Session) -> Response:
    """Return the line along streets of each team's route in the plan in force."""
    return Response(routes_json(board.live.edition), media_type="application/json")


async def desk_report(board: Board, request: Request, session: Session) -> Response:
    """Store a report made at the desk; a report that is sent again with the same id is stored once."""
    content = await read_json(request, SMALL)
    kind, own_id = str(content.get("kind")), str(content.get("id"))
    if not _OWN_ID.fullmatch(own_id) or kind not in OF_DESK:
        raise HTTPException(400)
    typed = checked_body(kind, content.get("body"), kind)
    # A report that confirms the clock gets the time that the clock shows.
    now_s = board.live.clock.report_s() if kind == "clock" else board.live.report_s()
    body, text = past_midnight(typed, now_s), repr(sorted(typed.items()))
    made = Report(f"{session.who}/{own_id}", kind, session.who, "", now_s, body, text)
    known = board.live.journal.known(made.id)
    if known not in (None, made.sha256):
        raise InputError([Issue("S977", kind)])
    if known is None:
        refuse_unknown(board, kind, body)
        if kind == "clock":
            board.log_action(session.who, "clock", {"at_s": now_s})
    entries = board.live.take([made])
    return JSONResponse({"n": entries[0].n if entries else board.live.state.n})


ROUTES = (
    ProtectedRoute("/", board_page, VIEW_ROLES, is_page=True),
    ProtectedRoute("/desk/stream", board_stream, VIEW_ROLES),
    ProtectedRoute("/desk/ground", ground, VIEW_ROLES),
    ProtectedRoute("/desk/routes", team_routes, VIEW_ROLES),
    ProtectedRoute("/desk/reports", desk_report, DESK_ROLES, "POST"),
)


def refuse_unknown(board: Board, kind: str, body: Mapping[str, Any]) -> None:
    """
    Raise an error if a report names an unknown team, visit or building, or an event that cannot be re-planned for.

    `kind`, `body`: as in `sweep.day.journal.journal_entry.Report`.

    Raises
    ------
    HTTPException
        404 for an unknown team, visit or recipient, for the withdrawal of an event that a re-plan has used, and for
        a confirmation of the clock (`clock`) that was not set back (`LiveDay.ahead_report_s`).
    InputError
        S548 if the building of a lead is unknown; S977 if the lead's number belongs to another lead; for a faulty event
        the errors of `event_issues`.
    """
    team_id, visit_id, to = body.get("team_id"), body.get("visit_id"), body.get("to")
    own, state = board.live.visits_of, board.live.state
    if team_id is not None and team_id not in own:
        raise HTTPException(404)
    if visit_id is not None and visit_id not in own[str(team_id)]:
        raise HTTPException(404)
    if to is not None and to not in own and to not in ("all", "desk"):
        raise HTTPException(404)
    if kind == "withdrawn" and body["n"] not in {n for n, _ in state.events if n > state.answered_n}:
        raise HTTPException(404)
    if kind == "clock" and board.live.ahead_report_s is None:
        raise HTTPException(404)
    if kind == "lead" and body["building_id"] not in board.live.edition.buildings:
        raise InputError([Issue("S548", kind, {"id": body["building_id"]})])
    known = state.leads.get(body["lead_id"]) if kind == "lead" else None
    if known is not None and (known.lead_type, known.building_id) != (body["lead_type"], body["building_id"]):
        raise InputError([Issue("S977", body["lead_id"])])
    if kind == "event":
        _refuse_invalid_event(board, body["event"])


def _refuse_invalid_event(board: Board, event: Mapping[str, Any]) -> None:
    edition, now_s = board.live.edition, board.live.report_s()
    known = known_ids(edition.plan, edition.visits, (*edition.buildings, *edition.bases))
    if issues := event_issues(_parse_events(edition, [event], now_s), now_s, known, "event"):
        raise InputError(issues)
    # The same time as for a change requested now.
    earlier = edition.log.events if edition.log else ()
    events = events_for_replan([event], {}, edition.plan, now_s, earlier)
    if issues := contradiction_issues(_parse_events(edition, events, now_s), now_s, edition.plan, earlier, "event"):
        raise InputError(issues)


def _parse_events(edition: Edition, events: Sequence[Mapping[str, Any]], now_s: int) -> tuple[Event, ...]:
    text, scenario = json.dumps({"events": events}), edition.scenario
    last_start_s, items = scenario.plan.window_end_s, scenario.form.items
    return read_events(text, now_s, edition.buildings, last_start_s, "event", items=items, values=edition.values)


# About two metres: below one pixel on a map of a whole city.
_TOLERANCE_DEG = 2e-5


@once_per_edition
def ground_json(edition: Edition) -> bytes:
    """Return the map background as JSON: `streets`, `water`: lines [[lat, lon], ...]; `names`: [street, lat, lon]."""
    lines = {"streets": _lines(edition.streets.geometry.values), "water": _lines(edition.water.geometry.values)}
    return json.dumps(lines | {"names": _street_labels(edition)}, separators=(",", ":")).encode()


@once_per_edition
def routes_json(edition: Edition) -> bytes:
    """Return the lines [[lat, lon], ...] of each team's route, from base to base, by team id, as JSON bytes."""
    lines = {team_id: _lines(legs) for team_id, legs in edition.route_lines.items()}
    return json.dumps(lines, separators=(",", ":")).encode()


def _lines(geometries: Iterable[BaseGeometry]) -> list[list[list[float]]]:
    parts = shapely.get_parts(shapely.simplify(np.array(list(geometries), dtype=object), _TOLERANCE_DEG))
    outlines = [shapely.boundary(p) if shapely.get_dimensions(p) == 2 else p for p in parts]
    return [
        [_place(x, y) for x, y in shapely.get_coordinates(line).tolist()]
        for line in shapely.get_parts(np.array(outlines, dtype=object)).tolist()
        if shapely.get_dimensions(line) == 1
    ]


def _street_labels(edition: Edition) -> list[list[object]]:
    """Return labels [name, lat, lon] of the 80 longest streets, each at the midpoint of the street's longest line."""
    longest: dict[str, tuple[float, BaseGeometry]] = {}
    length: dict[str, float] = {}
    for name, line in zip(edition.streets["street_name"], edition.streets.geometry, strict=True):
        if isinstance(name, str) and name:
            length[name] = length.get(name, 0.0) + line.length
            longest[name] = max(longest.get(name, (0.0, line)), (line.length, line), key=lambda known: known[0])
    names = []
    for name in sorted(length, key=lambda n: -length[n])[:80]:
        middle = longest[name][1].interpolate(0.5, normalized=True)
        names.append([name, *_place(middle.x, middle.y)])
    return names


def _place(lon: float, lat: float) -> list[float]:
    return [round(lat, 5), round(lon, 5)]
