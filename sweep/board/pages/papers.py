"""Files and pages for readers outside the desk: the journal's file, market regulation's brief, the board's health."""

from __future__ import annotations

import asyncio
from dataclasses import replace

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from geodata.texts import Texts
from sweep.board.accounts.accounts import AUDITOR, MARKET, PLANNER
from sweep.board.accounts.sessions import Session
from sweep.board.board import Board
from sweep.board.guard.ways import Way
from sweep.board.pages.render import published_page, texts_of
from sweep.pipeline.edition_breaches import approval_on_record_of
from sweep.publish.edition import Edition
from sweep.publish.handouts.handout import market_brief
from sweep.publish.page.pages import approved_page


async def journal_lines(board: Board, _request: Request, _session: Session) -> Response:
    """The journal as it is on the disk."""
    head = board.live.journal.head
    with board.live.journal.path.open("rb") as file:
        content = file.read(head.n_bytes)
    headers = {"Content-Disposition": 'attachment; filename="journal.jsonl"'}
    return Response(content, media_type="application/x-ndjson", headers=headers)


async def brief(board: Board, request: Request, _session: Session) -> Response:
    """What `sweep release` gives market regulation, of the teams that have their orders already."""
    texts = texts_of(board, request)
    text = market_brief(_released(board), texts)
    approval = await asyncio.to_thread(approval_on_record_of, board.folder_of(board.plan_id))
    return published_page(text if approval is None else approved_page(text, approval, texts))


def _released(board: Board) -> Edition:
    """The edition with the routes of those teams alone whose hour of release has come (C26)."""
    edition = board.live.edition
    teams = [board.team(r.team_id) for r in edition.plan.routes]
    open_ids = {t.team.team_id for t in teams if t is not None and board.is_released(t)}
    routes = tuple(r for r in edition.plan.routes if r.team_id in open_ids)
    return replace(edition, plan=replace(edition.plan, routes=routes))


async def health(board: Board, request: Request, _session: Session) -> Response:
    """Where the board stands, for whoever keeps it running."""
    texts: Texts = texts_of(board, request)
    return JSONResponse({"n": board.live.state.n, "lang": texts.lang, "is_exercise": board.is_exercise})


WAYS = (
    Way("/journal.jsonl", journal_lines, frozenset({AUDITOR, PLANNER})),
    Way("/brief", brief, frozenset({MARKET, PLANNER}), is_page=True),
    Way("/health", health, None),
    # Monitors ask so.
    Way("/health", health, None, "HEAD"),
)
