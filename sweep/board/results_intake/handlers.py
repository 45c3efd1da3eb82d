"""HTTP handlers of the results intake: table of results, review, and acceptance into the ledger."""

import asyncio
import tempfile
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from geodata.errors import InputError, Issue
from geodata.message_catalogue import Texts
from geodata.schema import RESULT_ANSWERS, RESULT_COUNTS, RESULT_TEXTS
from sweep.audit.hash_chain import Json
from sweep.board.accounts.accounts import DESK_ROLES, VIEW_ROLES
from sweep.board.accounts.sessions import Session
from sweep.board.board_state import Board
from sweep.board.desk.desk_json import figures
from sweep.board.guard.route_table import ProtectedRoute
from sweep.board.pages.render_pages import page, texts_of
from sweep.day.journal.day_state import DayState, StopState
from sweep.day.journal.journal_entry import Entry, Report, entries_of_real_day
from sweep.day.journal.journal_heads import JOURNAL_FACT
from sweep.disk.formula_safe_csv import ENCODING, csv_text
from sweep.inputs.load_inputs import load_inputs
from sweep.jobs.results_intake import Ledger, accepted_results, keep_results
from sweep.publish.archive.plans_before_changes import earlier_plan_ids
from sweep.publish.edition import Edition
from sweep.publish.facts.names_and_reasons import names_by_id
from sweep.publish.workbook.sheet_rows import answer_text, column_heading
from sweep.scenario.load_scenario import load_scenario
from sweep.scenario.scenario import Scenario

_ANSWERS = ("unit_state", *(a for a in RESULT_ANSWERS if a != "is_target"), *RESULT_COUNTS, "recheck_on", *RESULT_TEXTS)
COLUMNS = ("visit_id", "uscc", "unit", *_ANSWERS)


def results_rows(state: DayState) -> list[list[str]]:
    """Return the rows of results (`COLUMNS`), one per firm or office with answers, and one per building not entered."""
    rows = [[*place[:3], *(answers.get(a, "") for a in _ANSWERS)] for place, answers in _latest_answers(state).items()]
    seen = {row[0] for row in rows} | {v for (_, v), stop in state.stops.items() if _is_entered(stop)}
    for (_, visit_id), stop in sorted(state.stops.items()):
        if stop.outcome in ("locked", "refused") and visit_id not in seen:
            seen.add(visit_id)
            rows.append([visit_id, "", "", stop.outcome, *[""] * (len(_ANSWERS) - 1)])
    return rows


def _latest_answers(state: DayState) -> dict[tuple[str, str, str, int], dict[str, str]]:
    """
    Return the latest answers of each form row, by (visit id, uscc, name of firm or room, number).

    The number keeps apart rows without uscc and name; it is 0 for all others.
    """
    answers: dict[tuple[str, str, str, int], dict[str, str]] = {}
    for k, row in enumerate(sorted(state.rows.values(), key=lambda r: r.at_s)):
        uscc, unit = "" if row.row.startswith("+") else row.row, row.unit.strip()
        if filled := {name: value for name, value in row.answers.items() if value}:
            answers.setdefault((row.visit_id, uscc, unit, 0 if uscc or unit else k), {}).update(filled)
    return dict(sorted(answers.items()))


def _is_entered(stop: StopState) -> bool:
    """Return whether a team got into the building, and has not reported since that the visit failed."""
    return stop.outcome == "done" or (stop.outcome is None and stop.inside_s is not None)


def results_text(rows: Sequence[Sequence[str]]) -> str:
    """Return the rows of results as CSV, without empty columns."""
    kept = [k for k, name in enumerate(COLUMNS) if k < 4 or any(row[k] for row in rows)]
    return csv_text([COLUMNS[k] for k in kept], [[row[k] for k in kept] for row in rows])


@dataclass(frozen=True, slots=True)
class EarlierPlans:
    """Plans that were in force earlier on the same day as the present plan."""

    editions: tuple[Edition, ...] = ()
    """Editions of the earlier plans, the latest first."""
    accepted: Collection[str] = ()
    """Ids of plans of the day whose results may be stored already; accepting new results replaces the stored ones."""


def accept_results_of(
    rows: Sequence[Sequence[str]],
    edition: Edition,
    before: EarlierPlans,
    scenario: Scenario,
    texts: Texts,
    today: date,
    enter: Callable[[int], object],
) -> Ledger:
    """
    Accept the reported results into the ledger (table of past visits), and return the ledger.

    Parameters
    ----------
    rows
        Rows of `results_rows`.
    edition, before
        Plan in force, and the earlier plans of its day.
    enter
        Called with the number of rows, after everything is written and before it becomes visible.

    Raises
    ------
    InputError
        S672 without rows, or with every error of the rows; in that case nothing is stored.
    """
    if not rows:
        raise InputError([Issue("S672", "results.csv")])
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "results.csv"
        file.write_text(results_text(rows), encoding=ENCODING, newline="")
        accepted, _ = accepted_results(edition, [file], today, before.editions)
    inputs, n = load_inputs(scenario), len(accepted.table)
    return keep_results(scenario, inputs, accepted, edition.plan_id, texts, lambda: enter(n), before.accepted)


async def results_page(
    board: Board, request: Request, session: Session, issues: Sequence[Issue] = (), status: int = 200
) -> Response:
    """Return the page: results so far, visits begun without results, `issues` of the last attempt to accept results."""
    texts, state = texts_of(board, request), board.live.state
    edition, rows = board.live.edition, results_rows(state)
    names = {**names_by_id(edition), **{uscc: firm.name for uscc, firm in edition.firms.items()}}
    reached, progress = {v for _, v in state.stops}, figures(edition, state, {})
    return page(
        board,
        request,
        session,
        "results_intake/page.html.j2",
        status=status,
        rows=[_row(r, names, texts) for r in rows],
        silent=[names.get(v, v) for v in sorted(reached - {r[0] for r in rows})],
        accepted=state.accepted.get(board.plan_id),
        n_missing=progress["left"],
        n_planned=progress["planned"],
        may_accept=session.role in DESK_ROLES and _is_ledger_open(board),
        faults=issues,
    )


def _is_ledger_open(board: Board) -> bool:
    return board.scenario is not None and not board.is_exercise


def _row(row: list[str], names: Mapping[str, str], texts: Texts) -> dict[str, Any]:
    answers = dict(zip(COLUMNS, row, strict=True))
    shown = {
        column_heading(texts, key): answer_text(value, texts)
        for key, value in answers.items()
        if value and key not in ("visit_id", "uscc", "unit", "unit_state")
    }
    state = answers["unit_state"]
    return {
        "visit": names.get(answers["visit_id"], answers["visit_id"]),
        "unit": " ".join(x for x in (names.get(answers["uscc"], answers["uscc"]), answers["unit"]) if x),
        "state": texts(f"unit_state.{state}") if state else "",
        "said": list(shown.items()),
    }


async def results_csv(board: Board, _request: Request, _session: Session) -> Response:
    """Return the results as a CSV file, which `sweep results` accepts together with results on paper."""
    headers = {"Content-Disposition": 'attachment; filename="results.csv"'}
    return Response(
        results_text(results_rows(board.live.state)).encode(ENCODING), media_type="text/csv", headers=headers
    )


def _earlier_plans(board: Board, entries: Sequence[Entry]) -> EarlierPlans:
    live = board.live
    run = [str(e.body["plan_id"]) for e in reversed(entries_of_real_day(entries)) if e.kind == "edition"]
    editions = (live.edition_of(i) for i in dict.fromkeys(run) if i != live.edition.plan_id)
    accepted = (str(e.body["plan_id"]) for e in entries if e.kind == "accepted")
    return EarlierPlans(
        tuple(editions), {*accepted, *earlier_plan_ids(board.folder_of(board.plan_id), live.edition.log)}
    )


async def accept(board: Board, request: Request, session: Session) -> Response:
    """Accept the reported results into the ledger, and log it."""
    if not _is_ledger_open(board):
        return await results_page(board, request, session, status=409)
    texts, rows, edition = texts_of(board, request), results_rows(board.live.state), board.live.edition
    stamp, end, entries = board.live.clock.stamp(), board.journal_head, list(board.live.journal.entries)

    def enter(n: int) -> None:
        board.log.append(
            stamp, session.who, "results", {"plan_id": edition.plan_id, "n": n, "files": {}, JOURNAL_FACT: end}
        )

    def work() -> None:
        scenario = load_scenario(board.scenario, board.sets, texts)  # type: ignore[arg-type]
        today = date.fromisoformat(stamp[:10])
        accept_results_of(rows, edition, _earlier_plans(board, entries), scenario, texts, today, enter)

    try:
        await board.run_locked(lambda: asyncio.to_thread(work), lambda _: True)
        body: dict[str, Json] = {"plan_id": edition.plan_id, "n": len(rows)}
        now_s = board.live.report_s()
        board.live.take([Report(f"accepted/{stamp}", "accepted", session.who, stamp, now_s, body, stamp)])
    except InputError as error:
        return await results_page(board, request, session, error.issues, 422)
    return RedirectResponse("/evening", 303)


ROUTES = (
    ProtectedRoute("/evening", results_page, VIEW_ROLES, is_page=True),
    ProtectedRoute("/evening/results.csv", results_csv, DESK_ROLES),
    ProtectedRoute("/evening/accept", accept, DESK_ROLES, "POST", is_form=True),
)
