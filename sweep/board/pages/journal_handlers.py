"""HTTP handlers for journal, audit log, and the brief for market regulation."""

import asyncio
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from geodata.clock_times import seconds_of
from geodata.message_catalogue import Texts
from sweep.board.accounts.accounts import AUDITOR, MARKET, PLANNER
from sweep.board.accounts.sessions import Session
from sweep.board.board_state import FAILED, Board
from sweep.board.desk.desk_json import event_about
from sweep.board.guard.route_table import ProtectedRoute
from sweep.board.pages.render_pages import page, published_page, texts_of
from sweep.day.journal.journal_entry import Entry
from sweep.day.journal.journal_heads import journal_issues
from sweep.day.journal.report_kinds import KINDS
from sweep.publish.archive.check_editions_against_log import approval_on_record_of
from sweep.publish.edition import Edition
from sweep.publish.facts.names_and_reasons import names_by_id
from sweep.publish.facts.team_facts import team_facts
from sweep.publish.handouts.handout_contents import market_brief
from sweep.publish.page.render_pages import approved_page
from sweep.publish.workbook.sheet_rows import answer_text, column_heading

_MOST_LINES = 500
_LONGEST = 200
_CLOCK = re.compile(r"\d\d:\d\d")


async def journal_page(board: Board, request: Request, session: Session) -> Response:
    """Return the page with the last entries of journal and audit log, failed sign-ins, and the check of both chains."""
    # The end of the log is checked on the event loop, where no entry is added meanwhile.
    own = board.log.faults()
    issues = [*own, *await asyncio.to_thread(lambda: list(journal_issues(board.out, board.log, board.folder)))]
    acts, edition, texts = board.log.entries(), board.live.edition, texts_of(board, request)
    asked = {key: request.query_params.get(key, "")[:_LONGEST] for key in ("team", "kind", "from", "until")}
    entries = board.live.journal.entries
    shown = [e for e in entries if _is_asked(e, asked)]
    return page(
        board,
        request,
        session,
        "pages/journal.html.j2",
        entries=[(e, entry_text(edition, texts, e, entries)) for e in shown[: -_MOST_LINES - 1 : -1]],
        asked=asked,
        n_found=len(shown),
        n_most=_MOST_LINES,
        teams=team_facts(edition),
        kinds=(*KINDS, "unread"),
        head=board.live.journal.head,
        acts=acts[: -_MOST_LINES - 1 : -1],
        failed=[a for a in acts if str(a["act"]).endswith(FAILED)][: -_MOST_LINES - 1 : -1],
        issues=issues,
        name=lambda own_id: names_by_id(edition).get(own_id, own_id),
        act=lambda act: texts(key) if (key := "board.act." + act.replace(" ", "_")) in texts else act,
    )


def team_of(entry: Entry) -> str | None:
    """Return the id of the team that a journal entry concerns; None if it concerns no team."""
    body = entry.body
    team_id = body.get("team_id") or body.get("event", {}).get("team_id") or body.get("to")
    return None if team_id in (None, "all", "desk") else str(team_id)


def _is_asked(entry: Entry, asked: Mapping[str, str]) -> bool:
    limits = [seconds_of(asked[k]) if _CLOCK.fullmatch(asked[k]) else None for k in ("from", "until")]
    return (
        asked["team"] in ("", team_of(entry))
        and asked["kind"] in ("", entry.kind)
        and (limits[0] is None or entry.at_s >= limits[0])
        and (limits[1] is None or entry.at_s <= limits[1])
    )


def entry_text(edition: Edition, texts: Texts, entry: Entry, every: Sequence[Entry]) -> str:
    """
    Return the content of a journal entry in the reader's language: building, times, answers of a form, text.

    `every`: the whole journal. A withdrawal is shown as time and content of the withdrawn entry, read from `every`.
    """
    if entry.kind == "withdrawn":
        about = every[entry.body["n"] - 1]
        return f"{texts.clock(about.at_s)} {entry_text(edition, texts, about, every)}"
    names, body = names_by_id(edition), entry.body
    parts: Sequence[object] = [names.get(body["visit_id"], body["visit_id"])] if "visit_id" in body else []
    if made := _CONTENTS.get(entry.kind):
        parts = [*parts, *made(edition, texts, body)]
    shown = [*parts, *(body[k] for k in ("until", "note") if body.get(k))]
    return texts("board.comma").join(str(p) for p in shown if p not in ("", None))


def _form(edition: Edition, texts: Texts, body: Mapping[str, Any]) -> list[object]:
    firm = edition.firms.get(body["row"])
    answers = [_answer(texts, key, value) for key, value in body["answers"].items() if value]
    return [firm.name if firm else "", body["unit"], *answers]


def _answer(texts: Texts, key: str, value: str) -> str:
    if key == "unit_state":
        return texts(f"unit_state.{value}")
    return f"{column_heading(texts, key)} {answer_text(value, texts)}"


def _message(edition: Edition, texts: Texts, body: Mapping[str, Any]) -> list[object]:
    to = {"all": texts("board.desk.everybody"), "desk": texts("board.desk.desk")}.get(body["to"])
    return [f"→ {to or names_by_id(edition).get(body['to'], body['to'])}", body["text"]]


def _event(edition: Edition, texts: Texts, body: Mapping[str, Any]) -> list[object]:
    event = body["event"]
    return [texts(f"board.desk.event.{event['type']}"), *event_about(edition, event)]


def _lead(edition: Edition, texts: Texts, body: Mapping[str, Any]) -> list[object]:
    building = names_by_id(edition).get(body["building_id"], body["building_id"])
    return [body["lead_id"], texts(f"lead_type.{body['lead_type']}"), building]


_CONTENTS: Mapping[str, Callable[[Edition, Texts, Mapping[str, Any]], list[object]]] = {
    "form": _form,
    "message": _message,
    "event": _event,
    "lead": _lead,
    "corrected": lambda _, texts, body: [texts(f"board.kind.{body['report']}")],
    "unread": lambda _, __, body: [body["code"], body["text"][:_LONGEST]],
    "edition": lambda _, __, body: [body["plan_id"]],
    "accepted": lambda _, __, body: [body["plan_id"], body["n"]],
}


async def journal_lines(board: Board, _request: Request, _session: Session) -> Response:
    """Return the journal as a file of JSON lines."""
    head = board.live.journal.head
    with board.live.journal.path.open("rb") as file:
        content = file.read(head.n_bytes)
    headers = {"Content-Disposition": 'attachment; filename="journal.jsonl"'}
    return Response(content, media_type="application/x-ndjson", headers=headers)


async def brief(board: Board, request: Request, _session: Session) -> Response:
    """Return the brief for market regulation, as `sweep release` writes it, for teams with released orders only."""
    texts = texts_of(board, request)
    text = market_brief(_released(board), texts)
    approval = await asyncio.to_thread(approval_on_record_of, board.folder_of(board.plan_id))
    return published_page(text if approval is None else approved_page(text, approval, texts))


def _released(board: Board) -> Edition:
    """Return the edition in force with the routes only of teams whose orders are released (C26)."""
    edition = board.live.edition
    teams = [board.team(r.team_id) for r in edition.plan.routes]
    open_ids = {t.team.team_id for t in teams if t is not None and board.is_released(t)}
    routes = tuple(r for r in edition.plan.routes if r.team_id in open_ids)
    return replace(edition, plan=replace(edition.plan, routes=routes))


ROUTES = (
    ProtectedRoute("/journal", journal_page, frozenset({AUDITOR, PLANNER}), is_page=True),
    ProtectedRoute("/journal.jsonl", journal_lines, frozenset({AUDITOR, PLANNER})),
    ProtectedRoute("/brief", brief, frozenset({MARKET, PLANNER}), is_page=True),
)
