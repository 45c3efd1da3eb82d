"""What the desk reports and this day cannot have: refused at once, before each change stumbles over it."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

from starlette.exceptions import HTTPException

from geodata.errors import InputError, Issue
from sweep.board.board import Board
from sweep.day.events import Event
from sweep.day.events_file import event_faults, read_events
from sweep.day.journal.as_events import events_now
from sweep.day.the_record import record_faults
from sweep.publish.edition import Edition


def refuse_unknown(board: Board, kind: str, body: Mapping[str, Any]) -> None:
    """
    Refuse a report of a team, a visit or a building that this day does not have, and an event that no change can take.

    Raises
    ------
    HTTPException
        404 for a team, a visit, somebody to write to, an event that is not open, and a clock that is right.
    InputError
        S548 for the building of a lead, S977 for another lead under the number of one that is known; what
        `read_events`, `event_faults` and `record_faults` find.
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
    if kind == "clock" and board.live.clock_ahead_s is None:
        raise HTTPException(404)
    if kind == "lead" and body["building_id"] not in board.live.edition.buildings:
        raise InputError([Issue("S548", kind, {"id": body["building_id"]})])
    known = state.leads.get(body["lead_id"]) if kind == "lead" else None
    if known is not None and (known.lead_type, known.building_id) != (body["lead_type"], body["building_id"]):
        raise InputError([Issue("S977", body["lead_id"])])
    if kind == "event":
        _refuse_unfit(board, body["event"])


def _refuse_unfit(board: Board, event: Mapping[str, Any]) -> None:
    edition, now_s = board.live.edition, board.live.report_s()
    teams = edition.plan.teams
    known = {
        "teams": frozenset(t.team_id for t in teams),
        "people": frozenset(i for t in teams for i in t.member_ids),
        "visits": frozenset(edition.visits),
        "places": frozenset((*edition.buildings, *edition.bases)),
    }
    if faults := event_faults(_read(edition, [event], now_s), now_s, known, "event"):
        raise InputError(faults)
    # As a change would be asked for it now.
    earlier = edition.log.events if edition.log else ()
    events = events_now([event], {}, edition.plan, now_s, earlier)
    if faults := record_faults(_read(edition, events, now_s), now_s, edition.plan, earlier, "event"):
        raise InputError(faults)


def _read(edition: Edition, events: Sequence[Mapping[str, Any]], now_s: int) -> tuple[Event, ...]:
    text, scenario = json.dumps({"events": events}), edition.scenario
    last_start_s, items = scenario.plan.window_end_s, scenario.form.items
    return read_events(text, now_s, edition.buildings, last_start_s, "event", items=items, values=edition.values)
