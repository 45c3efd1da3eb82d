"""HTTP handlers for editions and campaigns: lists, their pages, and comparisons of two."""

import asyncio
import re
from collections.abc import Iterable, Sequence
from contextlib import suppress
from functools import cache
from pathlib import Path

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from geodata.errors import InputError
from geodata.message_catalogue import Texts
from geodata.regular_file import read_regular_text
from sweep.audit.audit_log import log_of_scenario
from sweep.board.accounts.accounts import PLANNER, VIEW_ROLES
from sweep.board.accounts.sessions import Session
from sweep.board.board_state import Board
from sweep.board.guard.route_table import ProtectedRoute
from sweep.board.pages.render_pages import page, published_page, texts_of
from sweep.jobs.replan.edit_stops_by_hand import read_draft
from sweep.publish.archive.check_editions_against_log import (
    approval_on_record_of,
    approvals_by_plan_id,
    open_edition,
    refuse_unrecorded,
)
from sweep.publish.archive.edition_json_file import MANIFEST
from sweep.publish.archive.verify_edition import read_manifest
from sweep.publish.studies.compare_page import compare_page
from sweep.scenario.scenario import NAME


async def campaign_page(board: Board, request: Request, _session: Session) -> Response:
    """Return the published page of a campaign."""
    name = request.path_params["name"]
    text = await asyncio.to_thread(board.campaigns.campaign_page, board.out, name) if re.fullmatch(NAME, name) else None
    if text is None:
        raise HTTPException(404)
    return published_page(text)


async def compare_campaigns(board: Board, request: Request, _session: Session) -> Response:
    """Return the page that compares two campaigns."""
    chosen = request.query_params.getlist("campaign")
    if len(chosen) != 2:
        raise HTTPException(400)
    known = {f"{c.scenario}/{c.which}": c for c in await asyncio.to_thread(board.campaigns.list_campaigns, board.out)}
    if not all(c in known for c in chosen):
        raise HTTPException(404)
    first, second = (known[c] for c in chosen)
    return published_page(board.campaigns.comparison_page(first, second, texts_of(board, request)))


_PLAN_ID = re.compile(r"[0-9a-f]{12}")
_MOST = 200


async def editions_page(board: Board, request: Request, session: Session) -> Response:
    """Return the page that lists the editions of all scenarios, newest first."""
    editions, campaigns = await asyncio.to_thread(
        lambda: (_edition_list(board.out), board.campaigns.list_campaigns(board.out))
    )
    may_edit = session.role == PLANNER and board.editor is not None
    return page(
        board,
        request,
        session,
        "pages/editions.html.j2",
        editions=editions,
        campaigns=campaigns,
        plan_id=board.plan_id,
        may_edit=may_edit,
    )


def _edition_list(out: Path) -> list[dict[str, object]]:
    editions: list[dict[str, object]] = []
    # The log of a scenario is long; it is read once for all editions.
    entries_of = cache(lambda name: log_of_scenario(out, name).entries())
    for path in _newest_first(out.glob(f"*/*/{MANIFEST}"))[:_MOST]:
        name, plan_id = path.parent.parent.name, path.parent.name
        if not (re.fullmatch(NAME, name) and _PLAN_ID.fullmatch(plan_id)):
            continue
        try:
            manifest, approval = read_manifest(path.parent), approval_on_record_of(path.parent, entries_of(name))
        except (InputError, OSError):
            # `sweep audit` reports the error; an edition that is being replaced appears at the next request.
            continue
        who = approval.by if approval else None
        editions.append(
            {"name": name, "plan_id": plan_id, "day": manifest.get("day"), "by": who, "draft": read_draft(path.parent)}
        )
    return editions


def _newest_first(paths: Iterable[Path]) -> list[Path]:
    dated: list[tuple[int, Path]] = []
    for path in paths:
        with suppress(OSError):
            dated.append((path.stat().st_mtime_ns, path))
    return [path for _, path in sorted(dated, reverse=True)]


async def edition_file(board: Board, request: Request, _session: Session) -> Response:
    """Return the report or the map of an edition as a page."""
    folder = folder_of(board, request.path_params["name"], request.path_params["plan_id"])
    path = folder / request.path_params["file"]
    if path.name not in ("report.html", "map.html") or not path.is_file():
        raise HTTPException(404)
    try:
        await asyncio.to_thread(refuse_unrecorded, folder)
    except InputError as error:
        # `sweep audit` reports the error.
        raise HTTPException(404) from error
    return published_page(read_regular_text(path))


async def compare_editions(board: Board, request: Request, _session: Session) -> Response:
    """Return the page that compares two editions."""
    chosen = [c.partition("/") for c in request.query_params.getlist("plan")]
    if len(chosen) != 2:
        raise HTTPException(400)
    folders = [folder_of(board, name, plan_id) for name, _, plan_id in chosen]
    try:
        text = await asyncio.to_thread(lambda: _comparison(folders, texts_of(board, request)))
    except InputError as error:
        raise HTTPException(404) from error
    return published_page(text)


def _comparison(folders: Sequence[Path], texts: Texts) -> str:
    editions = [open_edition(f) for f in folders]
    return compare_page(editions, texts, approvals_by_plan_id(editions, folders))


def folder_of(board: Board, name: str, plan_id: str) -> Path:
    """
    Return the folder of an edition, given scenario name and plan id, neither of which may be a path.

    Raises
    ------
    HTTPException
        404 if there is no such edition.
    """
    if not (re.fullmatch(NAME, name) and _PLAN_ID.fullmatch(plan_id)):
        raise HTTPException(404)
    folder = board.out / name / plan_id
    if not (folder / MANIFEST).is_file():
        raise HTTPException(404)
    return folder


ROUTES = (
    ProtectedRoute("/editions", editions_page, VIEW_ROLES, is_page=True),
    ProtectedRoute("/editions/compared", compare_editions, VIEW_ROLES, is_page=True),
    ProtectedRoute("/editions/{name}/{plan_id}/{file}", edition_file, VIEW_ROLES, is_page=True),
    ProtectedRoute("/campaigns/compared", compare_campaigns, VIEW_ROLES, is_page=True),
    ProtectedRoute("/campaigns/{name}", campaign_page, VIEW_ROLES, is_page=True),
)
