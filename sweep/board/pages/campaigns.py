"""Campaigns for those who command: the page of each, and any two side by side."""

from __future__ import annotations

import asyncio
import re
from dataclasses import dataclass
from pathlib import Path

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from geodata.errors import InputError
from geodata.regular_file import read_regular_text
from sweep.board.accounts.accounts import WATCHING
from sweep.board.accounts.sessions import Session
from sweep.board.board import Board
from sweep.board.guard.ways import Way
from sweep.board.pages.render import published_page, texts_of
from sweep.pipeline.campaign.job import FOLDER
from sweep.pipeline.campaign.on_record import BEFORE, open_record, record_issue
from sweep.publish.studies.campaign_compare_page import comparison_page
from sweep.records.campaign import FILE_NAME, CampaignRecord
from sweep.scenario.scenario import NAME

_PAGE = "campaign.html"
_FILES = {"now": FILE_NAME, "before": BEFORE}


@dataclass(frozen=True, slots=True)
class Listed:
    """A campaign's window as it is planned, or as it was before."""

    scenario: str
    which: str
    """`now` or `before`."""
    record: CampaignRecord


def campaigns_of(out: Path) -> list[Listed]:
    """Every campaign below a folder of editions, the one planned last first; one that cannot be read is left out."""
    found = []
    for place in (p for p in out.glob(f"*/{FOLDER}") if re.fullmatch(NAME, p.parent.name)):
        for which, file in _FILES.items():
            try:
                record = open_record(place, file)
            except InputError:
                continue
            if record is not None:
                found.append(Listed(place.parent.name, which, record))
    return sorted(found, key=lambda x: (x.record.planned_on, x.which), reverse=True)


async def campaign_page(board: Board, request: Request, _session: Session) -> Response:
    """The page of a campaign as it was published."""
    path = board.out / _name(request.path_params["name"]) / FOLDER / _PAGE
    if not path.is_file():
        raise HTTPException(404)
    issue = await asyncio.to_thread(record_issue, path.parent, _PAGE)
    if issue is not None:
        # `sweep audit` reports what is wrong with it.
        raise HTTPException(404)
    text = read_regular_text(path)
    return published_page(text)


async def compared(board: Board, request: Request, _session: Session) -> Response:
    """Two campaigns side by side."""
    chosen = request.query_params.getlist("campaign")
    if len(chosen) != 2:
        raise HTTPException(400)
    known = {f"{c.scenario}/{c.which}": c for c in await asyncio.to_thread(campaigns_of, board.out)}
    if not all(c in known for c in chosen):
        raise HTTPException(404)
    first, second = (known[c].record for c in chosen)
    return published_page(comparison_page(first, second, texts_of(board, request)))


def _name(name: str) -> str:
    if not re.fullmatch(NAME, name):
        raise HTTPException(404)
    return name


WAYS = (
    Way("/campaigns/compared", compared, WATCHING, is_page=True),
    Way("/campaigns/{name}", campaign_page, WATCHING, is_page=True),
)
