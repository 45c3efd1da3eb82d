"""The evening: what was filled in is looked through and taken into the ledger."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from geodata.errors import InputError, Issue
from geodata.texts import Texts
from sweep.audit.chain import Json
from sweep.board.accounts.accounts import ACTING, WATCHING
from sweep.board.accounts.sessions import Session
from sweep.board.board import Board
from sweep.board.desk.view import figures
from sweep.board.evening.results import COLUMNS, Before, accept_results_of, results_rows, results_text
from sweep.board.guard.ways import Way
from sweep.board.pages.render import page, texts_of
from sweep.day.journal.ends import FACT
from sweep.day.journal.entry import Entry, Report, in_earnest
from sweep.disk.csv_text import ENCODING
from sweep.pipeline.replan.before import ids_before
from sweep.publish.facts.wording import names_by_id
from sweep.publish.workbook.rows import answer_text, head
from sweep.scenario.file import load_scenario


async def evening_page(board: Board, request: Request, session: Session) -> Response:
    """What was filled in so far, and what came to nothing."""
    return _shown(board, request, session)


def _shown(
    board: Board, request: Request, session: Session, faults: Sequence[Issue] = (), status: int = 200
) -> Response:
    texts, state = texts_of(board, request), board.live.state
    edition = board.live.edition
    names = {**names_by_id(edition), **{uscc: firm.name for uscc, firm in edition.firms.items()}}
    reached, progress = {v for _, v in state.stops}, figures(edition, state, {})
    return page(
        board,
        request,
        session,
        "evening/page.html.j2",
        status=status,
        rows=[_row(r, names, texts) for r in results_rows(state)],
        silent=[names.get(v, v) for v in sorted(reached - {r[0] for r in results_rows(state)})],
        accepted=state.accepted.get(board.plan_id),
        n_missing=progress["left"],
        n_planned=progress["planned"],
        may_accept=session.role in ACTING and _is_ledger_open(board),
        faults=faults,
    )


def _is_ledger_open(board: Board) -> bool:
    """Whether the ledger may take what was filled in: there must be one, and what is played is no result."""
    return board.scenario is not None and not board.is_exercise


def _row(row: list[str], names: Mapping[str, str], texts: Texts) -> dict[str, Any]:
    answers = dict(zip(COLUMNS, row, strict=True))
    said = {
        head(texts, key): answer_text(value, texts)
        for key, value in answers.items()
        if value and key not in ("visit_id", "uscc", "unit", "unit_state")
    }
    state = answers["unit_state"]
    return {
        "visit": names.get(answers["visit_id"], answers["visit_id"]),
        "unit": " ".join(x for x in (names.get(answers["uscc"], answers["uscc"]), answers["unit"]) if x),
        "state": texts(f"unit_state.{state}") if state else "",
        "said": list(said.items()),
    }


async def results_csv(board: Board, _request: Request, _session: Session) -> Response:
    """The table itself: `sweep results` takes it together with what came on paper."""
    headers = {"Content-Disposition": 'attachment; filename="results.csv"'}
    return Response(results_text(board.live.state).encode(ENCODING), media_type="text/csv", headers=headers)


def _before(board: Board, entries: Sequence[Entry]) -> Before:
    """What a journal, and the edition in force itself, know of the plans before it."""
    live = board.live
    run = [str(e.body["plan_id"]) for e in reversed(in_earnest(entries)) if e.kind == "edition"]
    editions = (live.edition_of(i) for i in dict.fromkeys(run) if i != live.edition.plan_id)
    accepted = (str(e.body["plan_id"]) for e in entries if e.kind == "accepted")
    return Before(tuple(editions), {*accepted, *ids_before(board.folder_of(board.plan_id), live.edition.log)})


async def accept(board: Board, request: Request, session: Session) -> Response:
    """Take what was filled in into the ledger."""
    if not _is_ledger_open(board):
        return _shown(board, request, session, status=409)
    texts, state, edition = texts_of(board, request), board.live.state, board.live.edition
    stamp, end, entries = board.live.clock.stamp(), board.end, list(board.live.journal.entries)

    def enter(n: int) -> None:
        board.log.append(stamp, session.who, "results", {"plan_id": edition.plan_id, "n": n, "files": {}, FACT: end})

    def work() -> int:
        scenario = load_scenario(board.scenario, board.sets, texts)  # type: ignore[arg-type]
        today = date.fromisoformat(stamp[:10])
        ledger = accept_results_of(state, edition, _before(board, entries), scenario, texts, today, enter)
        return sum(ledger.totals.get(edition.plan_id, {}).values())

    try:
        await board.hold(lambda: asyncio.to_thread(work), lambda _: True)
        body: dict[str, Json] = {"plan_id": edition.plan_id, "n": len(results_rows(state))}
        now_s = board.live.report_s()
        board.live.take([Report(f"accepted/{stamp}", "accepted", session.who, stamp, now_s, body, stamp)])
    except InputError as error:
        return _shown(board, request, session, error.issues, 422)
    return RedirectResponse("/evening", 303)


WAYS = (
    Way("/evening", evening_page, WATCHING, is_page=True),
    Way("/evening/results.csv", results_csv, ACTING),
    Way("/evening/accept", accept, ACTING, "POST", is_form=True),
)
